import { readStretches } from './tokens.ts';
import type { FakePrompt } from './wire.ts';

const prefixesMax = 10_000;

export interface PromptUsage {
  input: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/**
 * A prompt that was written up to a mark is read by every later prompt with the same start. Nothing expires and nothing
 * is too short, so that the same requests always cost the same.
 */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Counts a prompt, and remembers it up to its marks. */
  take(prompt: FakePrompt): PromptUsage {
    const usage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const stretches = readStretches(prompt);
    const marked = stretches.map(({ mark }, index) => (mark === null ? -1 : index)).filter((index) => index >= 0);
    const readUpTo = stretches.findLastIndex(({ key }) => this.#prefixes.has(key));
    for (const [index, { tokens }] of stretches.entries()) {
      const next = marked.find((at) => at >= index);
      if (index <= readUpTo) usage.cacheRead += tokens;
      else if (next === undefined) usage.input += tokens;
      else if (stretches[next]?.mark?.ttl === '1h') usage.cacheWrite1h += tokens;
      else usage.cacheWrite5m += tokens;
    }
    for (const index of marked) {
      const key = stretches[index]?.key;
      if (key !== undefined && this.#prefixes.size < prefixesMax) this.#prefixes.add(key);
    }
    return usage;
  }
}
