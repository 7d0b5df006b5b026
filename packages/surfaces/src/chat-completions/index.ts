import {
  type ChatCompletionRequest,
  chatCompletionRequest,
  checkBody,
  checkBodySteps,
  type Steps,
  toOpenAiErrorBody,
} from '@aggregator/contracts';
import type { ChatSurface, SurfaceRequest } from '../chat-surface.ts';
import { chatAnswers } from './native.ts';
import { PassingStream } from './stream.ts';

/** What everything behind a surface speaks, so that all goes through as it is. */
export const chatCompletionsSurface: ChatSurface = {
  name: 'chat.completions',
  toChat: (body) => toUnchanged(checkBody(chatCompletionRequest, body)),
  toChatSteps: toChatInSteps,
  fromAnswer: (answer) => answer,
  createStream: () => passingStream,
  native: chatAnswers,
  toErrorBody: (error) => toOpenAiErrorBody(error),
};

function* toChatInSteps(body: unknown): Steps<SurfaceRequest> {
  return toUnchanged(yield* checkBodySteps(chatCompletionRequest, body, 'messages'));
}

function toUnchanged(chat: ChatCompletionRequest): SurfaceRequest {
  return { chat, droppedParams: [], refusal: null, original: null };
}

/** It has no state, so one is enough for all. */
const passingStream = new PassingStream();
