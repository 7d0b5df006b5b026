import type { ChatField } from '@aggregator/contracts';
import type { FieldFate } from '../../provider-adapter.ts';
import { openAiChatFields } from '../capabilities.ts';

/** OpenAI refuses a smaller bound. Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11). */
export const outputTokensLeast = 16;

/**
 * Fields of a chat that the Responses API lacks. One that only shapes the choice of words is dropped and named; one without
 * which the answer is not what was asked for is refused. All else goes as the table of chat completions says.
 * Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11, as typed by the `openai` package 7.55).
 */
export const responsesChatFields: Readonly<Record<ChatField, FieldFate>> = {
  ...openAiChatFields,
  audio: 'refused',
  'content.audio': 'dropped',
  'content.input_audio': 'refused',
  frequency_penalty: 'dropped',
  function_call: 'refused',
  functions: 'refused',
  logit_bias: 'dropped',
  modalities: 'refused',
  n: 'refused',
  prediction: 'dropped',
  presence_penalty: 'dropped',
  reasoning_details: 'mapped',
  seed: 'dropped',
  stop: 'refused',
};
