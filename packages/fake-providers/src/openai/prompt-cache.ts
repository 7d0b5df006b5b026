import { countPromptTokens } from './tokens.ts';
import type { FakeChat } from './wire.ts';

const prefixesMax = 10_000;

/**
 * A prompt reads from the cache what it shares with the start of an earlier prompt: all messages of that but the last.
 * Nothing expires and nothing is too short, so that the same requests always cost the same.
 */
export class PromptCache {
  readonly #prefixes = new Map<string, number>();

  /** Cached tokens of a prompt, which is remembered. */
  take(chat: FakeChat): number {
    let cached = 0;
    for (let length = chat.messages.length - 1; length > 0; length -= 1) {
      const messages = chat.messages.slice(0, length);
      const key = JSON.stringify([chat.model, messages]);
      const known = this.#prefixes.get(key);
      if (known !== undefined) cached = Math.max(cached, known);
      else if (this.#prefixes.size < prefixesMax) this.#prefixes.set(key, countPromptTokens({ messages }));
    }
    return cached;
  }
}
