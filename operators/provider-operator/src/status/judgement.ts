/** A condition before it is known since when it holds. */
export interface Judgement {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export const conditionTrue = (reason: string, message: string): Judgement => ({ status: 'True', reason, message });
export const conditionFalse = (reason: string, message: string): Judgement => ({ status: 'False', reason, message });
export const conditionUnknown = (reason: string, message: string): Judgement => ({
  status: 'Unknown',
  reason,
  message,
});
