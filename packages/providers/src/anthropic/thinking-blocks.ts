import type { ReasoningDetail } from '@aggregator/contracts';
import type { Block } from './content-blocks.ts';

/** Under which name thinking goes out to the caller and is known again when it comes back. */
export const anthropicReasoningFormat = 'anthropic-claude-v1';

interface PlacedBlock {
  /** Its position among the blocks of its answer; null if the caller does not name it. */
  index: number | null;
  block: Block;
}

/** A block of thinking, whole, as the caller gets it; null for any other block. */
export function fromThinkingBlock(block: Readonly<Record<string, unknown>>, index: number): ReasoningDetail | null {
  const format = anthropicReasoningFormat;
  if (block.type === 'redacted_thinking' && typeof block.data === 'string') {
    return { type: 'reasoning.encrypted', data: block.data, format, index };
  }
  if (block.type !== 'thinking') return null;
  const text = typeof block.thinking === 'string' ? block.thinking : '';
  const signature = typeof block.signature === 'string' ? block.signature : '';
  return { type: 'reasoning.text', text, signature, format, index };
}

/**
 * Puts the thinking that a caller gives back at its old position. Anthropic checks that it is whole, unchanged and in order;
 * what another provider wrote, or what has lost its signature, is left out.
 */
export function withThinking(blocks: readonly Block[], details: readonly ReasoningDetail[]): Block[] {
  const woven: Block[] = [];
  let rest = blocks;
  for (const { index, block } of readThinking(details)) {
    const before = index === null ? 0 : Math.max(0, index - woven.length);
    woven.push(...rest.slice(0, before), block);
    rest = rest.slice(before);
  }
  return [...woven, ...rest];
}

/**
 * True if the calls that the last results answer were made without thinking, or with thinking that the caller has lost.
 * A model with a budget refuses to think on from there.
 * Source: https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks (read 2026-11).
 */
export function hasLostThinking(turns: readonly { role: string; content: string | readonly Block[] }[]): boolean {
  const last = turns.at(-1)?.content;
  const called = turns.at(-2)?.content;
  if (!Array.isArray(last) || !Array.isArray(called)) return false;
  const isAnswered = last.some((block) => block.type === 'tool_result');
  return isAnswered && called[0]?.type !== 'thinking' && called[0]?.type !== 'redacted_thinking';
}

function readThinking(details: readonly ReasoningDetail[]): PlacedBlock[] {
  const placed = joinFragments(details).flatMap((detail): PlacedBlock[] => {
    const index = detail.index ?? null;
    if (detail.type === 'reasoning.encrypted') {
      return detail.data ? [{ index, block: { type: 'redacted_thinking', data: detail.data } }] : [];
    }
    if (detail.type !== 'reasoning.text' || !detail.signature) return [];
    return [{ index, block: { type: 'thinking', thinking: detail.text ?? '', signature: detail.signature } }];
  });
  return placed.sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
}

/** A caller that kept the pieces of a stream gives them back as pieces: those of one index are one block. */
function joinFragments(details: readonly ReasoningDetail[]): ReasoningDetail[] {
  const joined: ReasoningDetail[] = [];
  for (const detail of details) {
    if (detail.format !== anthropicReasoningFormat) continue;
    const at = joined.findIndex(
      (one) => one.index !== undefined && one.index === detail.index && one.type === detail.type,
    );
    const known = at === -1 ? undefined : joined[at];
    if (known === undefined) joined.push(detail);
    else joined[at] = joinFragment(known, detail);
  }
  return joined;
}

function joinFragment(known: ReasoningDetail, next: ReasoningDetail): ReasoningDetail {
  const join = (one?: string | null, other?: string | null) => (one ?? '') + (other ?? '');
  return {
    ...known,
    text: join(known.text, next.text),
    signature: join(known.signature, next.signature),
    data: join(known.data, next.data),
  };
}
