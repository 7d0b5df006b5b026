import { parseExactRecord, type ReasoningDetail } from '@aggregator/contracts';
import { notUnderstood } from '../errors/verdicts.ts';
import type { TranslatedAnswer } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { toOpenAiUsage } from '../to-openai-usage.ts';
import { noUsage } from '../usage/usage-reading.ts';
import { classifyAnthropicErrorBody } from './errors.ts';
import { isUntranslatedReason, toChoiceEnd } from './finish-reason.ts';
import { fromThinkingBlock } from './thinking-blocks.ts';
import { readAnthropicUsage } from './usage.ts';
import { anthropicMessageWire, tokenCountWire } from './wire.ts';

/** Anthropic reports no time: `created` is 0 until the caller of the translation sets it. */
export const createdUnknown = 0;

/** A message as a chat completion of one choice. */
export function fromAnthropicChatResponse(body: string): TranslatedAnswer {
  const parsed = anthropicMessageWire.safeParse(parseAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success that is no message'));
  const {
    id,
    model,
    content,
    stop_reason: stopReason,
    stop_sequence: stopSequence,
    stop_details: details,
  } = parsed.data;
  const { usage, reportedUsage } = readAnthropicUsage(parsed.data.usage, parsed.data.container) ?? noUsage;
  const message = { role: 'assistant', ...readContent(content), refusal: details?.explanation ?? null };
  return {
    body: {
      id,
      object: 'chat.completion',
      created: createdUnknown,
      model,
      choices: [{ index: 0, message, logprobs: null, ...toChoiceEnd(stopReason, stopSequence) }],
      usage: usage === null ? null : toOpenAiUsage(usage),
    },
    usage,
    reportedUsage,
    hasUntranslated: isUntranslatedReason(stopReason) || !content.every(isTranslated),
  };
}

const translatedBlocks: readonly unknown[] = ['text', 'thinking', 'redacted_thinking', 'tool_use'];

function isTranslated({ type, citations }: Readonly<Record<string, unknown>>): boolean {
  return translatedBlocks.includes(type) && (!Array.isArray(citations) || citations.length === 0);
}

export function fromAnthropicTokenCount(body: string): number {
  const parsed = tokenCountWire.safeParse(parseAnswer(body));
  if (!parsed.success) throw new ProviderFailure(notUnderstood('count that is no number'));
  return parsed.data.input_tokens;
}

function parseAnswer(body: string): Record<string, unknown> {
  const answer = parseExactRecord(body);
  if (answer === null) throw new ProviderFailure(notUnderstood('success that is not a JSON object'));
  const error = classifyAnthropicErrorBody(answer);
  if (error !== null) throw new ProviderFailure(error);
  return answer;
}

/** Blocks that are neither text, thinking nor a call of the caller's tools say nothing that was asked for. */
function readContent(content: readonly Readonly<Record<string, unknown>>[]) {
  let text = '';
  let reasoning = '';
  const reasoningDetails: ReasoningDetail[] = [];
  const toolCalls: object[] = [];
  for (const [index, block] of content.entries()) {
    const detail = fromThinkingBlock(block, index);
    if (detail !== null) reasoningDetails.push(detail);
    reasoning += detail?.text ?? '';
    if (block.type === 'text' && typeof block.text === 'string') text += block.text;
    if (block.type === 'tool_use') {
      const called = { name: block.name, arguments: JSON.stringify(block.input ?? {}) };
      toolCalls.push({ id: block.id, type: 'function', function: called });
    }
  }
  return {
    content: text === '' && toolCalls.length > 0 ? null : text,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(reasoningDetails.length > 0 && { reasoning_details: reasoningDetails }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
}
