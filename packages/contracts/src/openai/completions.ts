import { z } from 'zod';
import { chatCompletionRequest, ownRequestFields } from './chat.ts';
import { describeTextInput } from './text-input.ts';

/**
 * OpenAI's legacy completions, as far as we touch them.
 * Source: https://platform.openai.com/docs/api-reference/completions/create (read 2026-11, as typed by the `openai`
 * package 7.55).
 */
const prompt = z.string().max(20_000_000);
const chat = chatCompletionRequest.shape;

export const completionsRequest = z.looseObject({
  model: chat.model,
  prompt: z.union(
    [
      prompt,
      z.array(prompt).min(1).max(2048),
      z.array(z.number().int()).min(1).max(1_000_000),
      z.array(z.array(z.number().int()).max(1_000_000)).min(1).max(2048),
    ],
    { error: ({ input }) => describeTextInput(input) },
  ),
  best_of: z.number().int().min(1).max(20).nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.number().int().min(0).max(5).nullish(),
  max_tokens: chat.max_tokens,
  n: chat.n,
  stream: chat.stream,
  stream_options: chat.stream_options,
  suffix: z.string().max(1_000_000).nullish(),
  stop: chat.stop,
  temperature: chat.temperature,
  top_p: chat.top_p,
  presence_penalty: chat.presence_penalty,
  frequency_penalty: chat.frequency_penalty,
  seed: chat.seed,
  user: chat.user,
  ...ownRequestFields,
});
export type CompletionsRequest = z.infer<typeof completionsRequest>;

/** Every documented field of a completions request, and each form of its prompt. */
export const completionsFields = [
  'best_of',
  'echo',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'max_tokens',
  'model',
  'n',
  'presence_penalty',
  'prompt',
  'prompt.batch',
  'prompt.tokens',
  'seed',
  'stop',
  'stream',
  'stream_options',
  'suffix',
  'temperature',
  'top_p',
  'user',
] as const;
export type CompletionsField = (typeof completionsFields)[number];
