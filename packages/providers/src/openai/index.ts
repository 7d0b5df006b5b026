import { toolComponents } from '@aggregator/contracts';
import { unpricedFields } from '../fields/governed-fields.ts';
import { fatesOf, unsupported } from '../fields/sort-fields.ts';
import { serverExtensions } from '../openai-compatible/profiles/default.ts';
import type { ChatTranslation, ProviderAdapter } from '../provider-adapter.ts';
import { wordsOf } from '../vendor-names/name-rules.ts';
import { boundOutput, dropSampling, foldReasoning } from './adjust-fields.ts';
import { openAiChatFields } from './capabilities.ts';
import { openAiChatLane } from './chat-lane.ts';
import { chooseApi } from './choose-api.ts';
import { createOpenAiDialect } from './dialect.ts';
import { openAiFacts } from './facts.ts';
import { refusesSampling } from './model-efforts.ts';
import { OpenAiStream } from './openai-stream.ts';
import { fromOpenAiAnswer } from './response.ts';
import { responsesChatFields } from './responses/fields.ts';
import { responsesNativeLane } from './responses/native.ts';
import { toResponsesRequest } from './responses/request.ts';
import { openAiCounters } from './usage.ts';

/** Fields of OpenAI, and those that it may have tomorrow; those of other servers are known, and it rejects them. */
const ownChatFields = {
  ...fatesOf([...serverExtensions, ...unpricedFields], 'dropped'),
  ...openAiChatFields,
  '*': 'mapped',
} as const;

/**
 * OpenAI by its chat completions.
 *
 * `max_tokens` goes out as `max_completion_tokens`, which every chat model takes, while `o*` and `gpt-5*` refuse the older
 * name. `system` and `developer` go out as they came: OpenAI takes the one for the other.
 *
 * Today's image models answer base64 and refuse to be asked for it; a URL they do not make. DALL-E, which a server may still
 * have, does what it is asked. SVG is drawn by another model,
 * whose tokens none of our rates counts.
 *
 * Sources: https://platform.openai.com/docs/api-reference/chat/create and …/images/create (read 2026-11, as typed by the
 * `openai` package 7.55).
 */
const chatCompletions = createOpenAiDialect('OpenAI', openAiFacts, ownChatFields, {
  adjustChat(fields, target, dropped) {
    foldReasoning(fields, target, dropped);
    if (refusesSampling(target.model, fields.reasoning_effort)) dropSampling(fields, dropped);
    boundOutput(fields, 'max_completion_tokens', target);
  },
  images: {
    adjust(fields, target) {
      if (target.model.startsWith('dall-e-')) return;
      if (fields.response_format === 'url') throw unsupported('response_format');
      if (fields.output_format === 'svg') throw unsupported('output_format');
      delete fields.response_format;
    },
  },
});

/** OpenAI by its Responses API. */
export const openAiResponsesChat: ChatTranslation = {
  fields: responsesChatFields,
  toRequest: toResponsesRequest,
  fromResponse: fromOpenAiAnswer,
  createStream: (options) => new OpenAiStream(options),
};

/**
 * OpenAI itself: each request goes by the API that serves it best (`choose-api.ts`). An answer is read as what it is, since
 * its two forms differ.
 */
export const openAiAdapter: ProviderAdapter = {
  ...chatCompletions,
  // Source: https://platform.openai.com/docs/api-reference/chat/create (tools.function.name); ids: BerriAI/litellm#41534.
  names: { toolName: wordsOf(64), callId: wordsOf(64) },
  native: {
    'chat.completions': openAiChatLane(chatCompletions.chat),
    responses: responsesNativeLane,
  },
  counters: { ...openAiCounters, 'chat.completions': [...openAiCounters['chat.completions'], ...toolComponents] },
  chat: {
    ...chatCompletions.chat,
    fieldsFor: (request, target) => (chooseApi(request, target) === 'responses' ? responsesChatFields : ownChatFields),
    toRequest: (request, target) =>
      chooseApi(request, target) === 'responses'
        ? openAiResponsesChat.toRequest(request, target)
        : chatCompletions.chat.toRequest(request, target),
    fromResponse: openAiResponsesChat.fromResponse,
    createStream: openAiResponsesChat.createStream,
  },
};
