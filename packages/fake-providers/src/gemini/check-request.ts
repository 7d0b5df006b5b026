import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { checkTurns } from './check-turns.ts';
import { type FakeModel, findFakeModel } from './models.ts';
import { deadKey, invalid, Refusal } from './refusal.ts';
import { countPromptTokens } from './tokens.ts';
import {
  batchEmbedContentsRequest,
  countTokensRequest,
  type FakeBatch,
  type FakeRequest,
  generateContentRequest,
} from './wire.ts';

/** @throws {Refusal} */
export function checkKey(headers: IncomingHttpHeaders, credential: string): void {
  const key = headers['x-goog-api-key'];
  if (key === undefined) {
    throw new Refusal(
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
  }
  if (key !== credential) throw deadKey();
}

/** @throws {Refusal} */
export function checkModel(id: string, method: string): FakeModel {
  const model = findFakeModel(id);
  if (model?.methods.includes(method)) return model;
  throw new Refusal(
    'NOT_FOUND',
    `models/${id} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );
}

/** @throws {Refusal} */
export function checkGenerateContent(body: string, model: FakeModel): FakeRequest {
  const request = parse(body, generateContentRequest);
  checkPrompt(request, model);
  return request;
}

/** The request that is to be counted. @throws {Refusal} */
export function checkCountTokens(body: string, model: FakeModel): FakeRequest {
  const parsed = parse(body, countTokensRequest);
  if ('contents' in parsed) return parsed;
  const { model: name, ...request } = parsed.generateContentRequest;
  if (name !== `models/${model.id}`)
    throw invalid('generate_content_request.model', 'must be the model of the address');
  checkPrompt(request, model);
  return request;
}

/** @throws {Refusal} */
export function checkBatch(body: string, model: FakeModel): FakeBatch {
  const batch = parse(body, batchEmbedContentsRequest);
  for (const [index, request] of batch.requests.entries()) {
    if (request.model !== `models/${model.id}`)
      throw invalid(`requests[${index}].model`, 'must be the model of the batch');
    if (request.content.parts.every(({ text }) => text === '')) throw invalid(`requests[${index}].content`, 'is empty');
  }
  return batch;
}

function parse<Parsed>(body: string, schema: z.ZodType<Parsed>): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal('INVALID_ARGUMENT', 'Invalid JSON payload received. Unexpected end of string.');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).join('.');
  if (issue?.code === 'unrecognized_keys') {
    const message = `Invalid JSON payload received. Unknown name "${issue.keys[0]}" at '${path}': Cannot find field.`;
    throw new Refusal('INVALID_ARGUMENT', message, [{ '@type': 'type.googleapis.com/google.rpc.BadRequest' }]);
  }
  throw invalid(
    path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    issue?.message ?? 'is not valid',
  );
}

function checkPrompt(request: FakeRequest, model: FakeModel): void {
  const { generationConfig: config = {}, contents } = request;
  const isEmpty = contents.every(({ parts }) => parts.every(({ text }) => text === ''));
  if (isEmpty) throw invalid('contents', 'contents.parts must not be empty.');
  checkTurns(contents, model);
  checkTools(request, model);
  checkThinking(config, model);
  checkOutput(config, model);
  const { all } = countPromptTokens(request);
  if (all > model.inputTokensMax) {
    const message = `The input token count (${all}) exceeds the maximum number of tokens allowed (${model.inputTokensMax}).`;
    throw new Refusal('INVALID_ARGUMENT', message);
  }
}

type Config = NonNullable<FakeRequest['generationConfig']>;

function checkTools({ tools = [], toolConfig, generationConfig }: FakeRequest, model: FakeModel): void {
  const names = tools.flatMap(({ functionDeclarations }) => functionDeclarations.map(({ name }) => name));
  if (new Set(names).size < names.length) throw invalid('tools', 'Duplicate function declaration found.');
  const { mode = 'AUTO', allowedFunctionNames: allowed } = toolConfig?.functionCallingConfig ?? {};
  const path = 'tool_config.function_calling_config';
  if (mode !== 'AUTO' && mode !== 'NONE' && names.length === 0) {
    throw invalid(path, 'Function calling config is set without function_declarations.');
  }
  if (allowed !== undefined && mode !== 'ANY' && mode !== 'VALIDATED') {
    throw invalid(path, 'allowed_function_names should only be set when the mode is ANY or VALIDATED.');
  }
  const stranger = allowed?.find((name) => !names.includes(name));
  if (stranger !== undefined) throw invalid(path, `allowed_function_names has ${stranger}, which is not declared.`);
  const isJson = generationConfig?.responseMimeType === 'application/json';
  if (isJson && names.length > 0 && !model.isThirdGeneration) {
    throw invalid('generation_config', "Function calling with a response mime type: 'application/json' is unsupported");
  }
}

function checkThinking({ thinkingConfig: thinking }: Config, { levels, budget }: FakeModel): void {
  if (thinking === undefined) return;
  const path = 'generation_config.thinking_config';
  const { thinkingBudget: asked, thinkingLevel: level } = thinking;
  if (levels.length === 0 && budget === null) throw invalid(path, 'Thinking is not supported for this model.');
  if (asked !== undefined && level !== undefined) {
    throw invalid(path, 'You can only set only one of thinking budget and thinking level.');
  }
  if (level !== undefined && !levels.includes(level)) {
    throw invalid(path, `Thinking level ${level} is not supported for this model.`);
  }
  if (asked === undefined) return;
  if (budget === null) throw invalid(path, 'Thinking budget is not supported for this model.');
  const isTaken = asked === -1 || (asked === 0 && budget.canBeZero) || (asked >= budget.min && asked <= budget.max);
  if (!isTaken)
    throw invalid(
      path,
      `The thinking budget ${asked} is invalid. Please choose a value between ${budget.min} and ${budget.max}.`,
    );
}

function checkOutput(config: Config, model: FakeModel): void {
  const fail = (field: string, description: string) => invalid(`generation_config.${field}`, description);
  if ((config.candidateCount ?? 1) > model.candidatesMax) {
    throw fail('candidate_count', 'Multiple candidates is not enabled for this model');
  }
  if (config.presencePenalty || config.frequencyPenalty) {
    throw new Refusal('INVALID_ARGUMENT', 'Penalty is not enabled for this model');
  }
  if ((config.maxOutputTokens ?? 1) > model.outputTokensMax) {
    throw fail('max_output_tokens', `must be at most ${model.outputTokensMax}`);
  }
  if (config.logprobs !== undefined && config.responseLogprobs !== true) {
    throw fail('logprobs', 'can only be set when response_logprobs is true');
  }
  const hasSchema = config.responseSchema !== undefined || config.responseJsonSchema !== undefined;
  if (hasSchema && config.responseMimeType !== 'application/json') {
    throw fail('response_mime_type', 'must be application/json when a response schema is set');
  }
  if (config.responseModalities?.includes('IMAGE') && !model.draws) {
    throw fail('response_modalities', 'Model does not support the requested response modalities: image');
  }
  if (config.responseModalities?.includes('AUDIO')) {
    throw fail('response_modalities', 'Model does not support the requested response modalities: audio');
  }
  if (config.imageConfig !== undefined && !model.draws) throw fail('image_config', 'is not supported for this model');
}
