import { chatCompletionRequest, checkBody, toOpenAiErrorBody } from '@aggregator/contracts';
import type { ChatSurface } from '../chat-surface.ts';
import { chatAnswers } from './native.ts';
import { PassingStream } from './stream.ts';

/** What everything behind a surface speaks, so that all goes through as it is. */
export const chatCompletionsSurface: ChatSurface = {
  name: 'chat.completions',
  toChat: (body) => ({
    chat: checkBody(chatCompletionRequest, body),
    droppedParams: [],
    refusal: null,
    original: null,
  }),
  fromAnswer: (answer) => answer,
  createStream: () => passingStream,
  native: chatAnswers,
  toErrorBody: (error) => toOpenAiErrorBody(error),
};

/** It has no state, so one is enough for all. */
const passingStream = new PassingStream();
