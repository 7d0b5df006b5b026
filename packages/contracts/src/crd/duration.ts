import { z } from 'zod';

/** A Go duration, as Kubernetes writes them: `500ms`, `10s`, `1m30s`. No sign, and nothing below a millisecond. */
export const durationText = z
  .string()
  .max(16)
  .regex(/^([0-9]+([.][0-9]+)?(ms|s|m|h))+$/, 'a duration such as 500ms, 10s or 1m30s');

const part = /([0-9.]+)(ms|s|m|h)/g;
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds, rounded up. @throws {z.ZodError} where it is no duration. */
export function toDurationMs(text: string): number {
  const parts = [...durationText.parse(text).matchAll(part)];
  return Math.ceil(parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (unitMs[unit] ?? 0), 0));
}
