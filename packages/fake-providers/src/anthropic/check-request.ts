import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import { checkConversation } from './check-conversation.ts';
import { checkSchema } from './check-schema.ts';
import { type FakeModel, findFakeModel } from './models.ts';
import { invalid, Refusal } from './refusal.ts';
import { countPromptTokens } from './tokens.ts';
import { type FakePrompt, type FakeRequest, messagesRequests, tokenCountRequest } from './wire.ts';

export type FakeVersion = keyof typeof messagesRequests;

export interface CheckedPrompt<Prompt> {
  request: Prompt;
  model: FakeModel;
}

/** The version that the request names. @throws {Refusal} */
export function checkHeaders(headers: IncomingHttpHeaders, credential: string): FakeVersion {
  const version = headers['anthropic-version'];
  if (version === undefined) throw invalid('anthropic-version', 'header is required');
  if (version !== '2023-06-01' && version !== '2026-10-21') {
    throw invalid('anthropic-version', `"${version}" is not a valid version`);
  }
  // If both are sent, the older one counts.
  const apiKey = headers['x-api-key'];
  const bearer = headers.authorization?.replace(/^Bearer /, '');
  if ((apiKey ?? bearer) !== credential) {
    const header = apiKey === undefined ? 'Authorization' : 'x-api-key';
    throw new Refusal(
      'authentication_error',
      bearer === undefined && apiKey === undefined ? 'x-api-key header is required' : `invalid ${header}`,
    );
  }
  return version;
}

/** Fields of a request that are known only with a beta header. */
const betaFields = { context_management: 'context-management-2025-06-27' } as const;

/** The betas that the request names, in one header or in several. */
export function readBetas({ 'anthropic-beta': named }: IncomingHttpHeaders): readonly string[] {
  return [named ?? []].flat().flatMap((text) => text.split(',').map((beta) => beta.trim()));
}

/** @throws {Refusal} */
export function checkMessages(
  body: string,
  version: FakeVersion,
  betas: readonly string[] = [],
): CheckedPrompt<FakeRequest> {
  const request: FakeRequest = parse(body, messagesRequests[version]);
  for (const [name, beta] of Object.entries(betaFields)) {
    if (name in request && !betas.includes(beta)) throw invalid(name, 'Extra inputs are not permitted');
  }
  const model = checkPrompt(request);
  checkLimits(request, model);
  checkSampling(request, model);
  return { request, model };
}

/** @throws {Refusal} */
export function checkTokenCount(body: string): CheckedPrompt<FakePrompt> {
  const request = parse(body, tokenCountRequest);
  return { request, model: checkPrompt(request) };
}

function parse<Parsed>(body: string, schema: z.ZodType<Parsed>): Parsed {
  const parsed = schema.safeParse(parseJson(body));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys') {
    throw invalid([...issue.path, issue.keys[0]].join('.'), 'Extra inputs are not permitted');
  }
  throw invalid(
    path,
    issue?.code === 'invalid_type' && /undefined/.test(issue.message) ? 'Field required' : (issue?.message ?? ''),
  );
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal('invalid_request_error', 'The request body is not valid JSON');
  }
}

function checkPrompt(request: FakePrompt): FakeModel {
  const model = findFakeModel(request.model);
  if (model === undefined) throw new Refusal('not_found_error', `model: ${request.model}`);
  checkThinking(request, model);
  checkTools(request, model);
  checkConversation(request, model);
  if (request.output_config?.format) checkSchema(request.output_config.format.schema, 'output_config.format.schema');
  return model;
}

function checkThinking({ thinking, output_config: config, tool_choice: choice }: FakePrompt, model: FakeModel): void {
  if (thinking !== undefined && !model.thinkingTypes.includes(thinking.type)) {
    throw new Refusal('invalid_request_error', `"thinking.type.${thinking.type}" is not supported for this model.`);
  }
  const effort = config?.effort;
  if (effort && !model.efforts.includes(effort)) throw invalid('output_config.effort', 'not supported for this model');
  if (thinking?.type === 'disabled' && (effort === 'xhigh' || effort === 'max')) {
    throw invalid('thinking', `cannot be disabled at effort ${effort}`);
  }
  const isThinking = thinking === undefined ? model.thinksByDefault : ['enabled', 'adaptive'].includes(thinking.type);
  if (isThinking && (choice?.type === 'any' || choice?.type === 'tool')) {
    throw new Refusal('invalid_request_error', 'Thinking may not be enabled when tool_choice forces tool use.');
  }
}

function checkTools({ tools = [], tool_choice: choice }: FakePrompt, model: FakeModel): void {
  if (choice !== undefined && tools.length === 0)
    throw invalid('tool_choice', 'may only be specified while providing tools');
  if (new Set(tools.map((tool) => tool.name)).size < tools.length) throw invalid('tools', 'Tool names must be unique.');
  const isForced = choice?.type === 'any' || choice?.type === 'tool';
  if (isForced && !model.takesForcedTools)
    throw invalid('tool_choice', 'forces tool use, which this model does not support');
  if (choice?.type === 'tool' && !tools.some((tool) => tool.name === choice.name)) {
    throw invalid('tool_choice', `Tool '${choice.name}' not found in provided tools`);
  }
  for (const [index, tool] of tools.entries()) {
    if ('input_schema' in tool && tool.strict) checkSchema(tool.input_schema, `tools.${index}.input_schema`);
  }
}

function checkLimits({ max_tokens: maxTokens, thinking, ...prompt }: FakeRequest, model: FakeModel): void {
  if (maxTokens > model.maxTokens)
    throw invalid('max_tokens', `${maxTokens} > ${model.maxTokens}, which is the maximum`);
  if (thinking?.type === 'enabled' && thinking.budget_tokens >= maxTokens) {
    throw invalid('max_tokens', 'must be greater than thinking.budget_tokens');
  }
  const tokens = countPromptTokens(prompt);
  if (tokens > model.contextTokens) {
    throw new Refusal('invalid_request_error', `prompt is too long: ${tokens} tokens > ${model.contextTokens} maximum`);
  }
}

function checkSampling({ temperature, top_p: topP, top_k: topK, thinking }: FakeRequest, model: FakeModel): void {
  if (!model.takesSampling && [temperature ?? 1, topP ?? 1].some((value) => value !== 1)) {
    throw new Refusal('invalid_request_error', '`temperature` is deprecated for this model.');
  }
  if (!model.takesSampling && topK !== undefined)
    throw new Refusal('invalid_request_error', '`top_k` is deprecated for this model.');
  if (temperature !== undefined && topP !== undefined) {
    throw new Refusal('invalid_request_error', 'temperature and top_p cannot both be specified for this model.');
  }
  if (thinking?.type !== 'enabled' && thinking?.type !== 'adaptive') return;
  if ((temperature ?? 1) !== 1) throw invalid('temperature', 'may only be set to 1 when thinking is enabled');
  if (topK !== undefined) throw invalid('top_k', 'must be unset when thinking is enabled');
  if ((topP ?? 1) < 0.95)
    throw invalid('top_p', 'must be greater than or equal to 0.95 or unset when thinking is enabled');
}
