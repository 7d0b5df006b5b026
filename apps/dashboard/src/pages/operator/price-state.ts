/** Where a span of time is, seen from now. */
export type SpanState = 'ended' | 'planned' | 'active';

export function spanState(
  { effectiveFrom, effectiveTo }: { effectiveFrom: string; effectiveTo: string | null },
  nowMs: number,
): SpanState {
  if (effectiveTo !== null && Date.parse(effectiveTo) <= nowMs) return 'ended';
  return Date.parse(effectiveFrom) > nowMs ? 'planned' : 'active';
}

/** Tone of the badge of a state. */
export const spanTones: Readonly<Record<SpanState, string>> = { ended: '', planned: 'warn', active: 'good' };
