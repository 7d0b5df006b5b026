import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { DroppedParams } from './dropped-params.ts';

/** Notes that the names of participants are not sent, for a vendor whose messages have none. A result has the name of its tool. */
export function noteNames({ messages }: Pick<ChatCompletionRequest, 'messages'>, dropped: DroppedParams): void {
  if (messages.some(({ name, role }) => name && role !== 'tool')) dropped.note('messages.name');
}
