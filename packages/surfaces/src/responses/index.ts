import { finishSteps, toOpenAiErrorBody } from '@aggregator/contracts';
import type { ChatSurface } from '../chat-surface.ts';
import { responsesAnswers } from './native.ts';
import { responsesReferences } from './references.ts';
import { toResponsesChat } from './request.ts';
import { toResponse } from './response.ts';
import { ResponsesStream } from './stream.ts';

export const responsesSurface: ChatSurface = {
  name: 'responses',
  toChat: (body) => finishSteps(toResponsesChat(body)),
  toChatSteps: toResponsesChat,
  fromAnswer: toResponse,
  createStream: (request, head) => new ResponsesStream(request, head),
  toErrorBody: (error) => toOpenAiErrorBody(error),
  native: responsesAnswers,
  references: responsesReferences,
  fieldNames: {
    'content.cache_control': 'content.prompt_cache_breakpoint',
    'content.file': 'content.input_file',
    'content.image_url': 'content.input_image',
    logprobs: 'top_logprobs',
    messages: 'input',
    max_completion_tokens: 'max_output_tokens',
    max_tokens: 'max_output_tokens',
    response_format: 'text.format',
    'response_format.json_object': 'text.format',
    'response_format.json_schema': 'text.format',
    reasoning: 'reasoning',
    reasoning_details: 'input.reasoning',
    reasoning_effort: 'reasoning.effort',
    verbosity: 'text.verbosity',
  },
};
