import { parseArguments } from '@aggregator/contracts';
import type { Block } from '../answer/block-sequence.ts';
import { collectBlocks, type WholeBlock } from '../answer/collect-blocks.ts';
import {
  type ChoiceRead,
  readAdditions,
  readChoice,
  readIdentity,
  readUsage,
  toSurfaceId,
  type UsageRead,
} from '../answer/read-answer.ts';
import { sealDetails } from '../answer/sealed-details.ts';
import type { SurfaceRequest } from '../chat-surface.ts';

type Body = Readonly<Record<string, unknown>>;

const anthropicFormat = 'anthropic-claude-v1';
const unknownAnswer = { id: 'unknown', model: 'unknown', createdAt: 0 };

/** Source: https://platform.claude.com/docs/en/api/messages (read 2026-11, as typed by `@anthropic-ai/sdk` 1.11). */
export function toMessage(answer: Body, request: SurfaceRequest): Record<string, unknown> {
  const identity = readIdentity(answer, unknownAnswer);
  const id = toSurfaceId('msg_', identity.id);
  const choice = readChoice(answer);
  const blocks = choice === null ? [] : withoutSealedEnd(collectBlocks(choice.said));
  const kinds = new Set(blocks.map(({ block }) => block.kind));
  return {
    ...toEmptyMessage(id, identity.model),
    content: blocks.map((whole) => toContentBlock(whole, id)),
    ...toStop(choice, kinds, request),
    usage: { ...emptyUsage, ...toUsage(readUsage(answer.usage)) },
    ...readAdditions(answer),
  };
}

/**
 * Blocks without what only the provider can read behind the last text. Anthropic ends no answer so, and Claude Code prints
 * nothing if the last block is no text. Gemini, which signs its texts, does not require the signature of a text.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures (read 2026-11).
 */
function withoutSealedEnd(blocks: readonly WholeBlock[]): readonly WholeBlock[] {
  const end = blocks.findLastIndex(({ block }) => block.kind !== 'encrypted');
  return end >= 0 && isSaid(blocks[end]?.block) ? blocks.slice(0, end + 1) : blocks;
}

/** True if a block is what the client shows as said. */
export function isSaid(block: Block | undefined): boolean {
  return block?.kind === 'text' || block?.kind === 'refusal';
}

/** A message of which nothing has been said. */
export function toEmptyMessage(id: string, model: string): Record<string, unknown> {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    container: null,
    diagnostics: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: emptyUsage,
  };
}

const emptyUsage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation: null,
  output_tokens_details: null,
  server_tool_use: null,
  inference_geo: null,
  service_tier: null,
  speed: null,
};

/** Anthropic counts cached tokens beside the input, not inside it. */
export function toUsage(usage: UsageRead | null): Record<string, unknown> {
  if (usage === null) return {};
  return {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    output_tokens: usage.output,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens_details: { thinking_tokens: usage.reasoning },
    ...usage.additions,
  };
}

type StopFacts = Pick<ChoiceRead, 'finishReason' | 'nativeReason' | 'stopSequence'>;

/** Reasons of Anthropic's own that an answer can have in its words. */
const nativeReasons: ReadonlySet<string> = new Set(['pause_turn', 'model_context_window_exceeded']);

/**
 * Why the model stopped. The sequence that it stopped at is sent if the provider reported it and the caller asked for
 * it. A call gives `tool_use` also for `stop`, which some servers send, and OpenAI if a tool was forced.
 */
export function toStop(
  choice: StopFacts | null,
  kinds: ReadonlySet<Block['kind']>,
  { original }: SurfaceRequest,
): Record<string, unknown> {
  const asked: readonly unknown[] = Array.isArray(original) ? original : [];
  const native = choice?.nativeReason ?? null;
  // A provider that reports no sequence has stopped at the only one.
  const only = native === 'stop_sequence' && asked.length === 1 ? asked[0] : null;
  const sequence = choice?.stopSequence ?? only;
  if (native === 'stop_sequence' && asked.length > 1 && sequence === null) {
    return { stop_reason: native, stop_sequence: null, stop_details: null };
  }
  if (sequence !== null && asked.includes(sequence)) {
    return { stop_reason: 'stop_sequence', stop_sequence: sequence, stop_details: null };
  }
  if (native !== null && nativeReasons.has(native)) {
    return { stop_reason: native, stop_sequence: null, stop_details: null };
  }
  const reason = kinds.has('refusal') ? 'refusal' : toStopReason(choice?.finishReason ?? null, kinds.has('call'));
  const details = reason === 'refusal' ? { type: 'refusal', category: null, explanation: null } : null;
  return { stop_reason: reason, stop_sequence: null, stop_details: details };
}

function toStopReason(finishReason: string | null, hasCall: boolean): string | null {
  switch (finishReason) {
    case null:
      return null;
    case 'length':
      return 'max_tokens';
    case 'content_filter':
      return 'refusal';
    case 'tool_calls':
    case 'function_call':
      return 'tool_use';
    default:
      return hasCall ? 'tool_use' : 'end_turn';
  }
}

/** A block as it begins: without its text, and its signature not yet given. */
export function toBlockStart(block: Block, messageId: string): Record<string, unknown> {
  switch (block.kind) {
    case 'reasoning':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'encrypted':
      return { type: 'redacted_thinking', data: toRedacted(block) };
    case 'call':
      return {
        type: 'tool_use',
        id: block.id ?? `toolu_${messageId.replace(/^msg_/, '')}_${block.position}`,
        name: block.name ?? '',
        input: {},
        caller: { type: 'direct' },
      };
    default:
      return { type: 'text', text: '', citations: null };
  }
}

/** The signature that closes a thought: Anthropic's own, or what another provider needs, sealed. */
export function toSignature({ signature, format, detail }: Block): string | null {
  if (detail !== null) return sealDetails([detail]);
  if (signature === null || format === null || format === anthropicFormat) return signature;
  return sealDetails([{ type: 'reasoning.text', signature, format }]);
}

function toRedacted({ detail }: Block): string {
  if (detail === null) return '';
  const isAnthropic = detail.format === anthropicFormat && typeof detail.data === 'string';
  return isAnthropic ? (detail.data ?? '') : sealDetails([detail]);
}

function toContentBlock({ block, text }: WholeBlock, messageId: string): Record<string, unknown> {
  const start = toBlockStart(block, messageId);
  switch (block.kind) {
    case 'reasoning':
      return { ...start, thinking: text, signature: toSignature(block) ?? '' };
    case 'encrypted':
      return start;
    case 'call':
      return { ...start, input: toInput(text) };
    default:
      return { ...start, text };
  }
}

/** Arguments that are no JSON object, which a model can write, are shown as such, in the form that Anthropic's guide of fine-grained tool streaming names. */
function toInput(text: string): Record<string, unknown> {
  return text.trim() === '' ? {} : (parseArguments(text) ?? { INVALID_JSON: text });
}
