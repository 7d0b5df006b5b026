import { z } from 'zod';
import { optionValueCharactersMax } from '../routing-snapshot.ts';
import { toDurationMs } from './duration.ts';
import { mockFault, type ProviderSpec } from './provider.ts';

/**
 * The option of a provider of type Mock that holds its script, and the header in which the mock provider is sent it.
 */
export const mockScriptOption = 'script';
export const mockScriptHeader = 'x-mock-script';

const scriptedFault = z
  .strictObject(mockFault.shape)
  .refine(({ kind, status }) => (kind === 'Status') === (status !== undefined), 'status belongs to kind Status');

/** Faults that the built-in mock provider shows, request by request. No call to the mock itself is needed. */
export const mockScript = z.strictObject({
  /** Before the first byte of each answer. */
  latencyMs: z.int().min(0).max(600_000).optional(),
  /** Before each token of a stream. */
  tokenIntervalMs: z.int().min(0).max(60_000).optional(),
  /** The first that is drawn happens. */
  faults: z.array(scriptedFault).max(16).optional(),
});
export type MockScript = z.infer<typeof mockScript>;

/** @throws {z.ZodError} where a duration of the spec is none, or above its bound. */
export function toMockScript(mock: ProviderSpec['mock']): Readonly<Record<string, string>> {
  if (mock === undefined) return {};
  const { latency, tokenInterval, faults } = mock;
  const script = mockScript.parse({
    ...(latency !== undefined && { latencyMs: toDurationMs(latency) }),
    ...(tokenInterval !== undefined && { tokenIntervalMs: toDurationMs(tokenInterval) }),
    ...(faults !== undefined && { faults }),
  });
  return { [mockScriptOption]: JSON.stringify(script) };
}

/**
 * Null where the text is no script: not JSON, too long, with a word that no script has, or nothing that a header holds.
 */
export function parseMockScript(text: string): MockScript | null {
  if (text.length > optionValueCharactersMax || !/^[\x20-\x7e]*$/.test(text)) return null;
  try {
    return mockScript.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
