/** The store keeps a period so much longer than it lasts: no hold is open for longer, and no proxy's clock is so wrong. */
const marginMs = 26 * 60 * 60 * 1000;
const ttlMsMax = 400 * 24 * 60 * 60 * 1000;

/** Returns how long the counter store keeps a period, in milliseconds; null: always. */
export function keptForMs(endsMs: number | null, nowMs: number): number | null {
  if (endsMs === null) return null;
  return Math.min(ttlMsMax, Math.max(0, Math.ceil(endsMs - nowMs)) + marginMs);
}
