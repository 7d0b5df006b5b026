const ppmPerPercent = 10_000;

/** Returns a multiplier in millionths as the change that it makes, in percent: 1,250,000 is 25, 900,000 is -10. */
export const toPercent = (multiplierPpm: number): number => (multiplierPpm - 1_000_000) / ppmPerPercent;

/** Returns the multiplier in millionths of a change in percent, as a person writes it (`25`, `-12,5`); null if it is none. */
export function parsePercent(text: string): number | null {
  const match = /^\s*([+-]?\d{1,4}(?:[.,]\d{1,4})?)\s*%?\s*$/.exec(text.replace('−', '-'));
  if (match?.[1] === undefined) return null;
  const multiplierPpm = 1_000_000 + Math.round(Number(match[1].replace(',', '.')) * ppmPerPercent);
  return multiplierPpm < 0 || multiplierPpm > 100_000_000 ? null : multiplierPpm;
}
