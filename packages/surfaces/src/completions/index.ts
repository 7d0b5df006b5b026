import { toOpenAiErrorBody } from '@aggregator/contracts';
import type { ChatSurface } from '../chat-surface.ts';
import { toCompletionsChat } from './request.ts';
import { CompletionChoices } from './response.ts';
import { CompletionsStream } from './stream.ts';

export const completionsSurface: ChatSurface = {
  name: 'completions',
  toChat: toCompletionsChat,
  fromAnswer: (answer, request) => new CompletionChoices(request).translate(answer),
  createStream: (request) => new CompletionsStream(request),
  fieldNames: { messages: 'prompt', max_completion_tokens: 'max_tokens' },
  toErrorBody: (error) => toOpenAiErrorBody(error),
};
