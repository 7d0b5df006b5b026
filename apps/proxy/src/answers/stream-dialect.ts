import type { ChatStreamTranslator } from '@aggregator/providers';
import type { Prepare } from '../attempts/prepare-first.ts';
import type { ChatWords } from './chat-job.ts';
import type { Continuation } from './continuation.ts';
import { type Lane, prepareLane } from './prepare-lane.ts';

/** One attempt's side of a stream. */
export interface StreamDialect extends Lane {
  readonly translator: ChatStreamTranslator;
  /** Null where the stream begins with this attempt. */
  readonly continuation: Continuation | null;
}

/** Translates a chat whose answer is streamed; `continuation` is null if the stream begins with it. */
export function toStreamDialect(
  words: ChatWords,
  createdAt: number,
  continuation: Continuation | null = null,
): Prepare<StreamDialect> {
  return (adapter, address, model) => {
    const { chat } = words.asked;
    const lane = prepareLane(words, { adapter, address, model }, continuation !== null);
    const includeUsage = chat.stream_options?.include_usage === true;
    const translator = lane.reader.createStream({
      ...{ includeUsage, choiceCount: chat.n ?? 1, createdAt },
      model: address.model,
    });
    return { ...lane, translator, continuation };
  };
}
