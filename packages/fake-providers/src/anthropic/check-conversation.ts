import type { FakeModel } from './models.ts';
import { invalid, Refusal } from './refusal.ts';
import { isOwnRedaction, isOwnSignature } from './signature.ts';
import { readStretches, toBlocks } from './tokens.ts';
import type { FakeBlock, FakeMessage, FakePrompt } from './wire.ts';

const marksMax = 4;

/**
 * The order of turns, the pairing of calls and results, thinking given back unchanged, and the marks of the cache.
 * Sources: https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls,
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking,
 * https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages (read 2026-11).
 * @throws {Refusal}
 */
export function checkConversation(prompt: FakePrompt, model: FakeModel): void {
  const { messages } = prompt;
  if (messages[0]?.role !== 'user') throw invalid('messages', 'first message must use the "user" role');
  for (const [index, message] of messages.entries()) {
    if (message.role === 'system') checkSystemTurn(messages, index, model);
    if (message.role === 'user') checkResults(messages, index);
    if (message.role === 'assistant') {
      checkThinkingBlocks(message, index);
      checkRuns(message, index);
    }
  }
  checkEnd(messages, model);
  if (prompt.thinking?.type === 'enabled') checkThoughtfulCalls(messages);
  checkMarks(prompt);
}

function checkSystemTurn(messages: readonly FakeMessage[], index: number, model: FakeModel): void {
  if (!model.takesSystemTurns)
    throw new Refusal('invalid_request_error', "role 'system' is not supported on this model");
  const next = messages[index + 1];
  if (messages[index - 1]?.role !== 'user' || (next !== undefined && next.role !== 'assistant')) {
    throw invalid(
      `messages.${index}`,
      'a system message must follow a user message and be last or before an assistant message',
    );
  }
}

/** Every call of the turn before has its result here, before anything else, and no result is without its call. */
function checkResults(messages: readonly FakeMessage[], index: number): void {
  const blocks = blocksOf(messages[index]);
  const calls = blocksOf(messages[index - 1]).flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length > 0) {
    throw invalid(
      `messages.${index - 1}`,
      `\`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`,
    );
  }
  const stray = results.find((id, at) => !calls.includes(id) || results.indexOf(id) !== at);
  if (stray !== undefined)
    throw invalid(`messages.${index}`, `unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}`);
  if (blocks.slice(0, results.length).some((block) => block.type !== 'tool_result')) {
    throw invalid(`messages.${index}`, 'tool_result blocks must come first');
  }
}

/** Every call of a hosted tool has its result in the same turn, behind it. */
function checkRuns(message: FakeMessage, index: number): void {
  const open = new Set<string>();
  for (const block of blocksOf(message)) {
    if (block.type === 'server_tool_use') open.add(block.id);
    if (block.type === 'bash_code_execution_tool_result' && !open.delete(block.tool_use_id)) {
      throw invalid(`messages.${index}`, `unexpected \`tool_use_id\`: ${block.tool_use_id}`);
    }
  }
  if (open.size > 0) throw invalid(`messages.${index}`, `hosted calls without their results: ${[...open]}`);
}

function checkThinkingBlocks(message: FakeMessage, index: number): void {
  for (const [at, block] of blocksOf(message).entries()) {
    const isSound =
      (block.type !== 'thinking' || isOwnSignature(block.thinking, block.signature)) &&
      (block.type !== 'redacted_thinking' || isOwnRedaction(block.data));
    if (!isSound) throw invalid(`messages.${index}.content.${at}`, 'Invalid `signature` in `thinking` block');
  }
}

function checkEnd(messages: readonly FakeMessage[], model: FakeModel): void {
  const last = messages.at(-1);
  if (last?.role !== 'assistant') return;
  if (!model.takesPrefill) {
    throw new Refusal(
      'invalid_request_error',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    );
  }
  const block = blocksOf(last).at(-1);
  if (block?.type === 'text' && /\s$/.test(block.text)) {
    throw invalid('messages', 'final assistant content cannot end with trailing whitespace');
  }
  if (block?.type === 'tool_use') throw invalid('messages', '`tool_use` ids were found without `tool_result` blocks');
}

function checkThoughtfulCalls(messages: readonly FakeMessage[]): void {
  const hasResults = blocksOf(messages.at(-1)).some((block) => block.type === 'tool_result');
  const first = blocksOf(messages.at(-2))[0];
  if (hasResults && first?.type !== 'thinking' && first?.type !== 'redacted_thinking') {
    throw invalid(
      `messages.${messages.length - 2}.content.0.type`,
      'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
    );
  }
}

function checkMarks(prompt: FakePrompt): void {
  const marks = readStretches(prompt).flatMap(({ mark }) => (mark === null ? [] : [mark.ttl ?? '5m']));
  if (marks.length > marksMax)
    throw invalid('cache_control', `A maximum of ${marksMax} blocks with cache_control may be provided`);
  if (marks.lastIndexOf('1h') > marks.indexOf('5m') && marks.includes('5m')) {
    throw invalid('cache_control', "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block");
  }
}

function blocksOf(message: FakeMessage | undefined): readonly FakeBlock[] {
  return message === undefined ? [] : toBlocks<FakeBlock>(message.content);
}
