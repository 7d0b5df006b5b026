import type { ChatCompletionRequest, ChatMessage } from '@aggregator/contracts';
import { DroppedParams } from '../fields/dropped-params.ts';
import { isAskedFor } from '../fields/sort-fields.ts';
import type { ProviderTarget } from '../provider-adapter.ts';
import { foldReasoning } from './adjust-fields.ts';
import { openAiChatFields } from './capabilities.ts';
import { isReasoning, responsesEffortsOf } from './model-efforts.ts';
import { rowOf } from './model-table.ts';
import { outputTokensLeast, responsesChatFields } from './responses/fields.ts';

export const openAiApis = ['chat-completions', 'responses'] as const;
export type OpenAiApi = (typeof openAiApis)[number];

/** The option of a provider that takes the place of the choice: its server has one of the two APIs. */
export const openAiApiOption = 'api';

/** Fields that chat completions have alone. */
const chatFieldsAlone: readonly string[] = Object.entries(responsesChatFields).flatMap(([name, fate]) =>
  fate !== 'mapped' && openAiChatFields[name as keyof typeof openAiChatFields] === 'mapped' ? [name] : [],
);

/**
 * Returns the API of OpenAI that serves a request best, by the table of models. A model that reasons on this request is asked
 * by the Responses API, because chat completions keep its reasoning from the client, and since GPT-5.4 refuse tools beside
 * it. A request with a field that only chat completions have goes there if they serve it. All other models stay there.
 */
export function chooseApi(
  request: ChatCompletionRequest,
  target: Pick<ProviderTarget, 'model' | 'options'>,
): OpenAiApi {
  const set = openAiApis.find((api) => api === target.options[openAiApiOption]);
  if (set !== undefined) return set;
  const row = rowOf(target.model);
  if (row === null || row.isOpen === true) return 'chat-completions';
  if (row.chatCompletions === 'none') return 'responses';
  if (!isReasoning(target.model, effortOf(request, target))) return 'chat-completions';
  const isRefused = row.chatCompletions === 'no-tools-with-reasoning' && hasTools(request);
  return !isRefused && needsChatCompletions(request) ? 'chat-completions' : 'responses';
}

function effortOf({ reasoning, reasoning_effort }: ChatCompletionRequest, target: Pick<ProviderTarget, 'model'>) {
  const fields: Record<string, unknown> = {
    ...(reasoning && { reasoning }),
    ...(reasoning_effort && { reasoning_effort }),
  };
  foldReasoning(fields, target, new DroppedParams(), responsesEffortsOf);
  return fields.reasoning_effort;
}

function hasTools({ tools, functions }: ChatCompletionRequest): boolean {
  return (tools?.length ?? 0) > 0 || (Array.isArray(functions) && functions.length > 0);
}

function needsChatCompletions(request: ChatCompletionRequest): boolean {
  const bound = request.max_completion_tokens ?? request.max_tokens ?? outputTokensLeast;
  if (bound < outputTokensLeast) return true;
  return chatFieldsAlone.some((name) => isAskedFor(name, request[name])) || request.messages.some(hasSound);
}

function hasSound({ audio, content }: ChatMessage): boolean {
  if (audio !== undefined && audio !== null) return true;
  return Array.isArray(content) && content.some((part) => part.type === 'input_audio');
}
