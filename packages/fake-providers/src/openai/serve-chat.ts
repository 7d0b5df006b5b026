import { composeAnswer, type FakeChoice } from './compose-answer.ts';
import { beginEvents, cut, type Exchange, sendJson, write } from './exchange.ts';
import { findFault, type StreamFault } from './faults.ts';
import type { PromptCache } from './prompt-cache.ts';
import { Refusal } from './refusal.ts';
import { countPromptTokens, readText, splitTokens } from './tokens.ts';
import type { FakeVendor, Understood } from './vendor.ts';
import type { FakeChat } from './wire.ts';

interface Delta {
  choice: number;
  delta: object;
  /** Tokens that the caller owes once this has been written. */
  tokens: number;
  finish?: object;
}

/** A chat, plain or streamed. A stream is charged by what was written of it. */
export async function serveChat(
  vendor: FakeVendor,
  exchange: Exchange,
  cache: PromptCache,
  { request: chat, model }: Understood<FakeChat>,
): Promise<void> {
  const { record, sequence } = exchange;
  const last = chat.messages.at(-1);
  const fault = vendor.script === undefined && last !== undefined ? findFault(readText(last)) : null;
  record.promptTokens = countPromptTokens(chat);
  record.cachedTokens = cache.take(chat);
  const choices = composeAnswer(chat, model, vendor.script);
  record.reasoningTokens = sumOf(choices.map((choice) => choice.reasoningTokens));
  const head = vendor.toHead(sequence, model);
  if (chat.stream === true) return streamChat(vendor, exchange, chat, choices, head, fault);
  if (fault === 'error-event') throw new Refusal(500, { message: 'The server had an error.' });
  record.completionTokens = sumOf(choices.map((choice) => choice.tokens));
  record.state = fault === 'cut' ? 'failed' : 'completed';
  if (fault === 'cut') {
    exchange.response.destroy();
    return;
  }
  sendJson(exchange, 200, {
    ...head,
    object: 'chat.completion',
    choices: choices.map((choice, index) => ({
      index,
      message: toMessage(vendor, choice),
      logprobs: null,
      ...vendor.toFinish(choice),
    })),
    usage: vendor.toUsage(record),
  });
}

function toMessage(vendor: FakeVendor, choice: FakeChoice): object {
  const { text, refusal, reasoning, calls } = choice;
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== null) ? null : text,
    refusal,
    annotations: [],
    ...(reasoning !== '' && vendor.toThought(choice, reasoning, true)),
    ...(calls.length > 0 && {
      tool_calls: calls.map(({ id, name, arguments: input }) => ({
        id,
        type: 'function',
        function: { name, arguments: input },
      })),
    }),
  };
}

async function streamChat(
  vendor: FakeVendor,
  exchange: Exchange,
  chat: FakeChat,
  choices: readonly FakeChoice[],
  head: object,
  fault: StreamFault | null,
): Promise<void> {
  const { response, record } = exchange;
  const isAsked = vendor.usageInStream === 'if-asked' && chat.stream_options?.include_usage === true;
  const deltas = choices.flatMap((choice, index) => toDeltas(vendor, choice, index));
  const breakAt = fault === null ? deltas.length : Math.floor(deltas.length / 2);
  const chunkHead = { ...head, object: 'chat.completion.chunk' };
  beginEvents(exchange);
  if (vendor.comment !== '' && !(await write(exchange, `: ${vendor.comment}\n\n`))) return;
  for (const { choice, delta, tokens, finish } of deltas.slice(0, breakAt)) {
    record.completionTokens += tokens;
    const namedChoice = { index: choice, delta, logprobs: null, ...(finish ?? { finish_reason: null }) };
    const usage =
      vendor.usageInStream === 'every-chunk' ? { usage: vendor.toUsage(record) } : isAsked ? { usage: null } : {};
    const chunk = { ...chunkHead, choices: [namedChoice], ...usage };
    if (!(await write(exchange, `data: ${JSON.stringify(chunk)}\n\n`))) return;
  }
  if (fault === 'cut') return cut(exchange);
  if (fault === 'error-event') {
    record.state = 'failed';
    response.end(`data: ${JSON.stringify(vendor.toErrorEvent(chunkHead))}\n\n`);
    return;
  }
  record.state = 'completed';
  if (isAsked || vendor.usageInStream === 'always') {
    const chunk = { ...chunkHead, choices: [], usage: vendor.toUsage(record) };
    if (!(await write(exchange, `data: ${JSON.stringify(chunk)}\n\n`))) return;
  }
  response.end('data: [DONE]\n\n');
}

function toDeltas(vendor: FakeVendor, choice: FakeChoice, index: number): Delta[] {
  const { text, refusal, reasoning, calls } = choice;
  const said: Delta[] = [];
  const say = (delta: object, tokens: number) => said.push({ choice: index, delta, tokens });
  say({ role: 'assistant', content: calls.length > 0 ? null : '', refusal: null }, 0);
  const thoughts = splitTokens(reasoning);
  for (const [position, thought] of thoughts.entries()) {
    const delta = vendor.toThought(choice, thought, position === thoughts.length - 1);
    say(delta, 1);
  }
  for (const piece of splitTokens(text)) say({ content: piece }, 1);
  for (const [position, { id, name, arguments: input }] of calls.entries()) {
    const begun = { index: position, id, type: 'function', function: { name, arguments: '' } };
    say({ tool_calls: [begun] }, 0);
    for (const piece of splitTokens(input))
      say({ tool_calls: [{ index: position, function: { arguments: piece } }] }, 1);
  }
  for (const piece of splitTokens(refusal ?? '')) say({ refusal: piece }, 1);
  said.push({ choice: index, delta: {}, tokens: 0, finish: vendor.toFinish(choice) });
  return said;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}
