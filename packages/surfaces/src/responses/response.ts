import { parseArguments } from '@aggregator/contracts';
import type { Block } from '../answer/block-sequence.ts';
import { collectBlocks } from '../answer/collect-blocks.ts';
import {
  type AnswerIdentity,
  readAdditions,
  readChoice,
  readIdentity,
  readUsage,
  toSurfaceId,
} from '../answer/read-answer.ts';
import { sealDetails } from '../answer/sealed-details.ts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { originalOf } from './original.ts';
import { ownTools } from './own-tools.ts';
import type { ToolNames } from './tool-names.ts';

type Body = Readonly<Record<string, unknown>>;

const unknownAnswer = { id: 'unknown', model: 'unknown', createdAt: 0 };

/** Source: https://platform.openai.com/docs/api-reference/responses/object (read 2026-11, as typed by the `openai` package 7.55). */
export function toResponse(answer: Body, request: SurfaceRequest): Record<string, unknown> {
  const reported = readIdentity(answer, unknownAnswer);
  const identity = { ...reported, id: request.answerId ?? reported.id };
  const choice = readChoice(answer);
  const finishReason = choice?.finishReason ?? null;
  const { names } = originalOf(request);
  const output = collectBlocks(choice?.said ?? {}).map(({ block, text, isLast }) =>
    toItem(
      block,
      toItemId(block, identity.id),
      names,
      text,
      isLast ? toItemStatus(finishReason) : 'completed',
      choice?.logprobs ?? [],
    ),
  );
  return {
    ...toResponseFrame(identity, request),
    ...toEnd(finishReason),
    output,
    usage: toUsage(answer.usage),
    ...readAdditions(answer),
  };
}

/** A response of which nothing has been said. */
export function toResponseFrame(identity: AnswerIdentity, request: SurfaceRequest): Record<string, unknown> {
  return {
    id: toSurfaceId('resp_', identity.id),
    object: 'response',
    created_at: identity.createdAt,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model: identity.model,
    output: [],
    usage: null,
    service_tier: null,
    access_programs: null,
    ...originalOf(request).echo,
    store: request.isKept === true,
  };
}

/** The limit of tokens, or a filter, leaves a response incomplete. */
export function toEnd(finishReason: string | null): Record<string, unknown> {
  const reason = incompleteReasons.get(finishReason ?? '');
  if (reason === undefined) return { status: 'completed' };
  return { status: 'incomplete', incomplete_details: { reason } };
}

const incompleteReasons: ReadonlyMap<string, string> = new Map([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
]);

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Of the last item; all before it are whole. */
export function toItemStatus(finishReason: string | null): ItemStatus {
  return incompleteReasons.has(finishReason ?? '') ? 'incomplete' : 'completed';
}

export function toUsage(value: unknown): Record<string, unknown> | null {
  const usage = readUsage(value);
  if (usage === null) return null;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
    ...usage.additions,
  };
}

/** What a message says, or refuses to say. */
export function toPart(block: Block, text: string, logprobs: readonly unknown[]): Record<string, unknown> {
  if (block.kind === 'refusal') return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations: [], logprobs };
}

export function toItemId(block: Block, answerId: string): string {
  const prefix = block.kind === 'call' ? (block.isCustom ? 'ctc_' : 'fc_') : (itemPrefixes[block.kind] ?? 'msg_');
  return `${toSurfaceId(prefix, answerId)}_${block.position}`;
}

const itemPrefixes: Readonly<Record<string, string>> = { reasoning: 'rs_', encrypted: 'rs_' };

/** An item of the output; `in_progress` as it begins, with nothing in it. */
export function toItem(
  block: Block,
  id: string,
  names: ToolNames,
  text: string,
  status: ItemStatus,
  logprobs: readonly unknown[],
): Record<string, unknown> {
  const isBegun = status === 'in_progress';
  switch (block.kind) {
    case 'reasoning':
    case 'encrypted': {
      const summary = isBegun || text === '' ? [] : [{ type: 'summary_text', text }];
      return { id, type: 'reasoning', summary, ...(isBegun ? {} : toEncrypted(block, text)) };
    }
    case 'call': {
      const { name, namespace, own } = names.originOf(block.name ?? '');
      const callId = block.id ?? `call_${id}`;
      if (own !== undefined) {
        const asked = isBegun ? {} : (parseArguments(text) ?? {});
        if (own !== 'tool_search') {
          return { id, type: `${own}_call`, call_id: callId, status, ...ownTools[own].toCall(asked) };
        }
        return { id, type: 'tool_search_call', call_id: callId, execution: 'client', status, arguments: asked };
      }
      const call = { id, call_id: callId, name, ...(namespace !== null && { namespace }), status };
      return block.isCustom
        ? { ...call, type: 'custom_tool_call', input: text }
        : { ...call, type: 'function_call', arguments: text };
    }
    default:
      return {
        id,
        type: 'message',
        role: 'assistant',
        status,
        content: isBegun ? [] : [toPart(block, text, logprobs)],
      };
  }
}

/** Thoughts that their provider wants back are given whole, sealed: nothing is stored here that their id could refer to. */
function toEncrypted({ detail, signature, format }: Block, text: string): Record<string, unknown> {
  if (detail !== null) return { encrypted_content: sealDetails([detail]) };
  if (signature === null) return {};
  return { encrypted_content: sealDetails([{ type: 'reasoning.text', text, signature, format }]) };
}
