import type { CompletionsField } from '@aggregator/contracts';
import type { Fates, Reasons } from '../fields/field-judge.ts';

/**
 * `best_of` is refused only where it asks for more answers than are given. `echo` is done here. Without `max_tokens` the
 * model's own limit holds, not the 16 tokens of the models that this API was made for.
 * Source: https://platform.openai.com/docs/api-reference/completions/create (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
export const completionsFates: Fates<CompletionsField> = {
  best_of: 'refused',
  echo: 'mapped',
  frequency_penalty: 'mapped',
  logit_bias: 'mapped',
  logprobs: 'mapped',
  max_tokens: 'mapped',
  model: 'mapped',
  n: 'mapped',
  presence_penalty: 'mapped',
  prompt: 'mapped',
  'prompt.batch': 'refused',
  'prompt.tokens': 'refused',
  seed: 'mapped',
  stop: 'mapped',
  stream: 'mapped',
  stream_options: 'mapped',
  suffix: 'refused',
  temperature: 'mapped',
  top_p: 'mapped',
  user: 'mapped',
};

export const completionsReasons: Reasons<CompletionsField> = {
  best_of: 'models of today do not rank several answers; ask for them with n',
  'prompt.batch': 'send one prompt in each request',
  'prompt.tokens': 'token ids mean something to one model only; send text',
  suffix: 'chat models do not fill in the middle',
};
