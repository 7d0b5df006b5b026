import { createHash } from 'node:crypto';
import type { FakeBlock, FakePrompt } from './wire.ts';

const tokenPattern = /\s*\S{1,8}|\s+$/gu;
const messageTokens = 3;
const pictureTokens = 10;

/** The fake's own rule: up to eight characters that are not white space, with the white space before them. */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

export function countTokens(text: string): number {
  return splitTokens(text).length;
}

/** A stretch of a prompt in the order in which it is cached: tools, system, messages. */
interface Stretch {
  /** Its key in the cache: this stretch with all before it. */
  key: string;
  tokens: number;
  mark: { ttl?: '5m' | '1h' | undefined } | null;
}

export function readStretches({ tools, system, messages, cache_control: mark }: FakePrompt): Stretch[] {
  const stretches: Stretch[] = [];
  let key = '';
  const add = (value: unknown, tokens: number, mark: Stretch['mark'] | undefined) => {
    key = createHash('sha256').update(key).update(JSON.stringify(value)).digest('hex');
    stretches.push({ key, tokens, mark: mark ?? null });
  };
  for (const tool of tools ?? []) add(tool, countTokens(JSON.stringify(tool)), tool.cache_control);
  for (const block of toBlocks(system ?? [])) add(block, countBlock(block), block.cache_control);
  for (const { role, content } of messages) {
    add(role, messageTokens, null);
    for (const block of toBlocks<FakeBlock>(content)) {
      add(block, countBlock(block), 'cache_control' in block ? block.cache_control : null);
    }
  }
  // The mark of the whole request is on its last block.
  const last = stretches.at(-1);
  if (mark && last !== undefined) last.mark ??= mark;
  return stretches;
}

export function countPromptTokens(prompt: FakePrompt): number {
  return readStretches(prompt).reduce((sum, stretch) => sum + stretch.tokens, 0);
}

/** Returns a text as one block. */
export function toBlocks<Block>(
  content: string | readonly Block[],
): readonly (Block | { type: 'text'; text: string; cache_control?: null })[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function countBlock(block: FakeBlock): number {
  switch (block.type) {
    case 'text':
      return countTokens(block.text);
    case 'image':
    case 'document':
      return pictureTokens;
    case 'tool_use':
    case 'server_tool_use':
      return countTokens(JSON.stringify(block.input)) + 1;
    case 'tool_result':
      return toBlocks(block.content ?? []).reduce((sum, inner) => sum + countBlock(inner), 1);
    case 'bash_code_execution_tool_result':
      return countTokens(JSON.stringify(block.content)) + 1;
    case 'thinking':
      return countTokens(block.thinking);
    case 'redacted_thinking':
      return 1;
  }
}
