import { createHash } from 'node:crypto';
import { z } from 'zod';
import { checkChat, parseStrictly } from '../openai/check-chat.ts';
import { createFakeDialect, type FakeOpenAiDialect } from '../openai/dialect.ts';
import { openAiVendor } from '../openai/index.ts';
import { type FakeModel, openAiModels } from '../openai/models.ts';
import { invalid, Refusal } from '../openai/refusal.ts';
import { type FakeVendor, toOpenAiUsage } from '../openai/vendor.ts';
import { openAiEmbeddings, openAiImages } from '../openai/wire.ts';
import type { FakeScript } from '../script.ts';
import { openRouterChat, toPlainMessages } from './wire.ts';

export interface FakeOpenRouterOptions {
  /** The only key that is taken. Default `sk-or-v1-fake`. */
  credential?: string;
  script?: FakeScript;
}

/** Errors are typed here, and moderation has its own type at status 403. */
const errorTypes: ReadonlyMap<string | null | undefined, string> = new Map([
  ['content_policy_violation', 'content_policy_violation'],
  ['context_length_exceeded', 'context_length_exceeded'],
  ['rate_limit_exceeded', 'rate_limit_exceeded'],
  ['insufficient_quota', 'payment_required'],
]);

/**
 * OpenRouter, under `/api/v1`, as a coat over the fake of OpenAI. It wants the vendor in a model's name, shows what its
 * models think, wants `reasoning_details` back unchanged, and reports what each answer cost.
 * Source: https://openrouter.ai/docs/api/reference/overview (read 2026-11).
 */
export function createFakeOpenRouter({
  credential = 'sk-or-v1-fake',
  script,
}: FakeOpenRouterOptions = {}): FakeOpenAiDialect {
  return createFakeDialect({ ...vendor, credential, script });
}

const models: readonly FakeModel[] = [
  // It asks OpenAI by whichever API serves the request.
  ...openAiModels.map(({ chatCompletions: _rule, ...model }) => ({ ...model, id: `openai/${model.id}` })),
  {
    id: 'anthropic/claude-sonnet-4.6',
    operation: 'chat',
    contextTokens: 1_000_000,
    outputMax: 128_000,
    efforts: ['minimal', 'low', 'medium', 'high', 'xhigh', 'max'],
  },
];

const vendor: FakeVendor = {
  ...openAiVendor,
  readResponses: null,
  prefix: '/api/v1',
  openRoutes: ['/models'],
  probePath: '/key',
  imagesPath: '/images',
  models,
  readChat(body) {
    const {
      reasoning,
      reasoning_effort: shorthand,
      messages,
      top_k: _topK,
      modalities: _modalities,
      ...rest
    } = parseStrictly(openRouterChat, body);
    const model = findModel(rest.model, 'chat');
    if (reasoning?.effort && shorthand && reasoning.effort !== shorthand) {
      throw invalid('reasoning_effort', 'reasoning_effort and reasoning.effort differ.');
    }
    if (reasoning?.effort && reasoning.max_tokens) {
      throw invalid('reasoning', 'Only one of "reasoning.effort" and "reasoning.max_tokens" can be specified.');
    }
    for (const message of messages) {
      if (message.role === 'assistant') checkDetails(message.reasoning_details ?? []);
    }
    const isOff = reasoning?.enabled === false || reasoning?.effort === 'none' || shorthand === 'none';
    const request = {
      ...rest,
      messages: toPlainMessages(messages),
      ...(isOff && { reasoning_effort: 'none' as const }),
    };
    // A parameter that a model does not take is ignored here; the rest is checked as for a model that takes all.
    checkChat({ ...request, reasoning_effort: undefined }, { ...model, efforts: [] });
    return { request, model };
  },
  readEmbeddings(body) {
    const request = parseStrictly(openAiEmbeddings, body);
    return { request, model: findModel(request.model, 'embeddings') };
  },
  readImages(body) {
    const request = parseStrictly(openAiImages.omit({ moderation: true, user: true }), body);
    return { request, model: findModel(request.model, 'images') };
  },
  toHead: (sequence, { id }) => ({
    id: `gen-1795000000-${sequence}`,
    created: 1_795_000_000,
    model: id,
    provider: 'Fake',
  }),
  toThought: (choice, reasoning, isLast) => ({
    reasoning,
    reasoning_details: [
      { type: 'reasoning.text', text: reasoning, format: 'anthropic-claude-v1', index: 0 },
      ...(isLast
        ? [{ type: 'reasoning.text', signature: sign(choice.reasoning), format: 'anthropic-claude-v1', index: 0 }]
        : []),
    ],
  }),
  toFinish: ({ finishReason }) => ({ finish_reason: finishReason, native_finish_reason: finishReason.toUpperCase() }),
  toUsage: (usage) => ({
    ...toOpenAiUsage(usage),
    cost: (usage.promptTokens + usage.completionTokens) / 1_000_000,
    is_byok: false,
    cost_details: { upstream_inference_cost: null },
  }),
  usageInStream: 'always',
  comment: 'OPENROUTER PROCESSING',
  toImages: (images, { promptTokens, completionTokens }) => ({
    data: images.map((image) => ({ b64_json: image, media_type: 'image/png' })),
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      cost: 0.04,
    },
  }),
  toStatus,
  toErrorBody(refusal) {
    const { problem } = refusal;
    const code = toStatus(refusal);
    const isFlagged = problem.code === 'content_policy_violation';
    const errorType = errorTypes.get(problem.code);
    const flags = isFlagged ? { reasons: ['violence'], flagged_input: '…', provider_name: 'Fake' } : {};
    const metadata = { ...flags, ...(errorType !== undefined && { error_type: errorType }) };
    return { error: { code, message: problem.message, ...(Object.keys(metadata).length > 0 && { metadata }) } };
  },
  toErrorEvent: (head) => ({
    ...head,
    error: { code: 502, message: 'Provider disconnected', metadata: { error_type: 'provider_unavailable' } },
    choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error', native_finish_reason: null }],
  }),
};

function toStatus({ status, problem }: Refusal): number {
  if (problem.code === 'content_policy_violation') return 403;
  return problem.code === 'insufficient_quota' ? 402 : status;
}

function findModel(name: string, operation: FakeModel['operation']): FakeModel {
  const model = models.find((one) => one.id === name && one.operation === operation);
  if (model !== undefined) return model;
  if (!/^[\w.-]+\/[\w.:-]+$/.test(name)) throw invalid('model', `${name} is not a valid model ID`);
  throw new Refusal(404, { message: `No endpoints found for ${name}.` });
}

/** A thought comes back as it was sent: the whole text with its signature. */
function checkDetails(details: readonly z.infer<typeof detail>[]): void {
  const text = details.map((one) => one.text ?? '').join('');
  const signature = details.findLast((one) => one.signature)?.signature;
  const isOwn = details.every((one) => one.format === 'anthropic-claude-v1');
  if (details.length > 0 && isOwn && signature !== sign(text)) {
    throw invalid('messages', 'Invalid `signature` in `thinking` block');
  }
}

const detail = z.object({ text: z.string().nullish(), signature: z.string().nullish(), format: z.string().nullish() });

function sign(thought: string): string {
  return createHash('sha256').update(`signature:${thought}`).digest('base64');
}
