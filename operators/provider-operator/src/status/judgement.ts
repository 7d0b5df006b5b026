/** A condition before it is known since when it holds. */
export interface Judgement {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export const holds = (reason: string, message: string): Judgement => ({ status: 'True', reason, message });
export const fails = (reason: string, message: string): Judgement => ({ status: 'False', reason, message });
export const isOpen = (reason: string, message: string): Judgement => ({ status: 'Unknown', reason, message });
