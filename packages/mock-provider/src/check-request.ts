import {
  type ChatCompletionRequest,
  chatCompletionRequest,
  type EmbeddingsRequest,
  embeddingsRequest,
  type Operation,
} from '@aggregator/contracts';
import { adapterFor, type FieldFate, findMockModel, type MockModel, mockType } from '@aggregator/providers';
import type { z } from 'zod';
import { defaultDimensions } from './embed.ts';
import { Refusal } from './refusal.ts';
import { countPromptTokens, countTokens } from './tokens.ts';

const dimensionsMax = 3072;
const vectorNumbersMax = 2_000_000;

export interface CheckedChat {
  request: ChatCompletionRequest;
  promptTokens: number;
  /** Tokens of one choice. */
  outputTokensMax: number;
}

export interface CheckedEmbeddings {
  request: EmbeddingsRequest;
  /** One text for each vector; token ids as they are written. */
  texts: readonly string[];
  dimensions: number;
  promptTokens: number;
}

const { chat, embeddings } = adapterFor(mockType);
const chatFieldNames = topLevelNames(chat.fields);
const embeddingsFieldNames = topLevelNames(embeddings?.fields ?? {});

/** @throws {Refusal} if OpenAI would reject the request: unknown field or model, wrong value, too long a prompt. */
export function checkChat(body: string): CheckedChat {
  const request = check(body, chatCompletionRequest, chatFieldNames);
  const model = requireModel(request.model, 'chat.completions');
  if (request.stream !== true && request.stream_options) {
    throw invalid('stream_options', "The 'stream_options' parameter is only allowed when 'stream' is enabled.");
  }
  if ((request.tool_choice ?? 'none') !== 'none' && !request.tools?.length) {
    throw invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
  }
  const promptTokens = countPromptTokens(request);
  requireContext(model, promptTokens, 'messages');
  const limit = model.maxOutputTokens ?? 0;
  const outputTokensMax = request.max_completion_tokens ?? request.max_tokens ?? limit;
  if (outputTokensMax > limit) {
    throw invalid('max_tokens', `max_tokens is too large: ${outputTokensMax}. This model supports at most ${limit}.`);
  }
  return { request, promptTokens, outputTokensMax };
}

/** @throws {Refusal} as `checkChat`. */
export function checkEmbeddings(body: string): CheckedEmbeddings {
  const request = check(body, embeddingsRequest, embeddingsFieldNames);
  const model = requireModel(request.model, 'embeddings');
  const inputs = toInputs(request.input);
  const dimensions = request.dimensions ?? defaultDimensions;
  if (dimensions > dimensionsMax || dimensions * inputs.length > vectorNumbersMax) {
    throw invalid('dimensions', `At most ${dimensionsMax} dimensions and ${vectorNumbersMax} numbers in all.`);
  }
  for (const { tokens } of inputs) requireContext(model, tokens, 'input');
  const promptTokens = inputs.reduce((sum, { tokens }) => sum + tokens, 0);
  return { request, texts: inputs.map(({ text }) => text), dimensions, promptTokens };
}

function check<T extends object>(body: string, schema: z.ZodType<T>, fields: ReadonlySet<string>): T {
  const parsed = schema.safeParse(parseJson(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const param = issue?.path.join('.') ?? '';
    throw invalid(param, `Invalid value for '${param}': ${issue?.message ?? 'not valid'}.`);
  }
  const unknown = Object.keys(parsed.data).find((name) => !fields.has(name));
  if (unknown !== undefined) {
    throw new Refusal(400, { message: `Unknown parameter: '${unknown}'.`, param: unknown, code: 'unknown_parameter' });
  }
  return parsed.data;
}

/** `tools.function` is a kind of `tools`; what the adapter never sends, no client sends. */
function topLevelNames(fates: Readonly<Record<string, FieldFate>>): ReadonlySet<string> {
  const names = Object.keys(fates).filter((field) => fates[field] === 'mapped');
  return new Set(names.map((field) => field.split('.', 1)[0] ?? field));
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, { message: 'We could not parse the JSON body of your request.' });
  }
}

function requireModel(id: string, operation: Operation): MockModel {
  const model = findMockModel(id);
  if (model?.operations.includes(operation)) return model;
  throw new Refusal(404, { message: `The model \`${id}\` does not exist.`, code: 'model_not_found' });
}

function requireContext(model: MockModel, tokens: number, param: string): void {
  if (tokens <= model.contextLength) return;
  const message = `This model's maximum context length is ${model.contextLength} tokens, but you sent ${tokens}.`;
  throw new Refusal(400, { message, param, code: 'context_length_exceeded' });
}

function toInputs(input: EmbeddingsRequest['input']): { text: string; tokens: number }[] {
  if (typeof input === 'string') return [toInput(input)];
  if (input.every((one) => typeof one === 'number')) return [toInput(input)];
  return input.map(toInput);
}

function toInput(input: string | number[] | number): { text: string; tokens: number } {
  if (typeof input === 'string') return { text: input, tokens: countTokens(input) };
  const ids = typeof input === 'number' ? [input] : input;
  return { text: ids.join(' '), tokens: ids.length };
}

function invalid(param: string, message: string): Refusal {
  return new Refusal(400, { message, param, code: 'invalid_value' });
}
