import { z } from 'zod';

const crashArguments = z.strictObject({
  directory: z.string(),
  run: z.string(),
  /** Each n-th intent is left without a settlement. */
  settleEvery: z.number(),
  /** Requests come in groups of 1 to so many, each gathered in one turn; one after the other if absent. */
  groupMax: z.number().optional(),
});
export type CrashArguments = z.infer<typeof crashArguments>;

export function parseCrashArguments(text: string): CrashArguments {
  return crashArguments.parse(JSON.parse(text));
}
