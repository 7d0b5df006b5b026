import { toAnthropicErrorBody } from '@aggregator/contracts';
import type { ChatSurface } from '../chat-surface.ts';
import { toMessagesChat } from './request.ts';
import { toMessage } from './response.ts';
import { MessagesStream } from './stream.ts';

export { toCountTokensChat } from './request.ts';

export const messagesSurface: ChatSurface = {
  name: 'messages',
  toChat: toMessagesChat,
  fromAnswer: toMessage,
  createStream: (request, head) => new MessagesStream(request, head),
  toErrorBody: toAnthropicErrorBody,
};
