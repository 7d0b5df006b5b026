import { type Usage, usage } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { toOpenAiTotals } from '@aggregator/providers';
import { z } from 'zod';
import { isWholeAnswer } from './is-whole-answer.ts';

/** An answer that may be given again: what the provider said, before anything is put back or added. */
const storedAnswer = z.strictObject({
  /** Who served it. */
  provider: z.string(),
  model: z.string(),
  usage,
  /** Fields that could not be carried over to who served it. */
  droppedParams: z.array(z.string()),
  /** In the shape of the OpenAI surface, with its `usage`. */
  body: z.record(z.string(), z.unknown()),
});
export type StoredAnswer = z.infer<typeof storedAnswer>;

const answerCharactersMax = 1024 * 1024;

/** Cached answers, by the key of what was asked. A cache that is away is an empty one. */
export class AnswerCache {
  readonly #store: ExpiringStore;
  readonly #ttlMs: number;

  constructor(store: ExpiringStore, ttlMs: number) {
    this.#store = store;
    this.#ttlMs = ttlMs;
  }

  async read(key: string): Promise<StoredAnswer | null> {
    const text = await this.#store.get(key);
    return text === null ? null : parseAnswer(text);
  }

  /** Keeps a whole answer that is not too large, and no other. No request waits for it. */
  write(key: string, answer: StoredAnswer): void {
    if (!isWholeAnswer(answer.body)) return;
    const body = { ...answer.body, usage: answer.body.usage ?? toUsageObject(answer.usage) };
    const text = JSON.stringify({ ...answer, body });
    if (text.length <= answerCharactersMax) void this.#store.set(key, text, this.#ttlMs);
  }
}

/** Null for what an older or a newer proxy has kept in another form. */
function parseAnswer(text: string): StoredAnswer | null {
  try {
    return storedAnswer.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** For a client that asks for usage where the one before did not: OpenAI's object, in which the parts are inside their wholes. */
function toUsageObject(usage: Usage): Record<string, unknown> {
  return {
    ...toOpenAiTotals(usage),
    prompt_tokens_details: { cached_tokens: usage.cacheRead ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.outputReasoning ?? 0 },
  };
}
