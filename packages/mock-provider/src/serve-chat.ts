import type { CheckedChat } from './check-request.ts';
import { type AnswerToken, type ComposedChoice, composeAnswer, fillerWord } from './compose-answer.ts';
import { breakOff, type Exchange, pause, sendJson, write } from './exchange.ts';
import { type Fault, stallMsMax } from './faults.ts';
import type { LedgerRecord, MockLedger } from './ledger.ts';
import { toOpenAiUsage } from './usage-body.ts';

export interface ChatServing {
  exchange: Exchange;
  ledger: MockLedger;
  record: LedgerRecord;
  chat: CheckedChat;
  fault: Fault | null;
  wordsPerAnswer: number;
  chunkDelayMs: number;
  /** Unix seconds. */
  created: number;
}

const endlessTokensMax = 100_000;
const endlessPauseMs = 1;

/** A whole answer at once. All of it is charged as soon as it is composed, before it is sent. */
export async function servePlainChat(serving: ChatServing): Promise<void> {
  const { exchange, ledger, record, chat, fault } = serving;
  const { response, signal } = exchange;
  const isEndless = fault?.kind === 'endless';
  const choices = composeAnswer(chat.request, {
    wordsPerAnswer: isEndless ? chat.outputTokensMax * 10 : serving.wordsPerAnswer,
    outputTokensMax: isEndless ? Number.POSITIVE_INFINITY : chat.outputTokensMax,
  });
  record.completionTokens = choices.reduce((sum, choice) => sum + choice.tokens.length, 0);
  if (fault?.kind === 'stall') await pause(stallMsMax, signal);
  const isCut = fault?.kind === 'cut';
  ledger.settle(record, isCut ? 'failed' : 'completed', isCut && fault.afterChunks === 0 ? null : 200);
  const body = JSON.stringify({
    ...head(serving, 'chat.completion'),
    choices: choices.map(toPlainChoice),
    usage: toOpenAiUsage(record),
  });
  if (isCut) return cutPlain(exchange, body, fault.afterChunks);
  sendJson(response, 200, fault?.kind === 'malformed' ? body.slice(0, -2) : body);
}

/** Token by token. A token is charged when it is written, and nothing more once the caller has left. */
export async function serveChatStream(serving: ChatServing): Promise<void> {
  const { exchange, ledger, record, chat, fault } = serving;
  const { response } = exchange;
  const stallsAtOnce = fault?.kind === 'stall' && fault.afterChunks === 0;
  if (stallsAtOnce && fault.hasHead !== true) await pause(stallMsMax, exchange.signal);
  if (fault?.kind === 'cut' && fault.afterChunks === 0) return cutStream(serving, null);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  const choices = composeAnswer(chat.request, {
    wordsPerAnswer: serving.wordsPerAnswer,
    outputTokensMax: chat.outputTokensMax,
  });
  for (const [index, choice] of choices.entries()) {
    await writeEvent(serving, index, { role: 'assistant', content: choice.tokens[0]?.call ? null : '' });
    if (stallsAtOnce) await pause(stallMsMax, exchange.signal);
    if (!(await writeTokens(serving, index, choice.tokens))) return cutStream(serving, 200);
    await writeEvent(serving, index, {}, choice.finishReason);
  }
  ledger.settle(record, 'completed', 200);
  if (chat.request.stream_options?.include_usage) {
    const usage = { ...head(serving, 'chat.completion.chunk'), choices: [], usage: toOpenAiUsage(record) };
    await write(exchange, `data: ${JSON.stringify(usage)}\n\n`);
  }
  response.end(fault?.kind === 'unterminated' ? '' : 'data: [DONE]\n\n');
}

/** False if the fault breaks off here. */
async function writeTokens(serving: ChatServing, index: number, tokens: readonly AnswerToken[]): Promise<boolean> {
  const { exchange, record, fault } = serving;
  const isEndless = fault?.kind === 'endless';
  const count = isEndless ? endlessTokensMax : tokens.length;
  for (let position = 0; position < count; position += 1) {
    if (fault?.kind === 'malformed' && fault.beforeChunk === record.completionTokens) {
      await write(exchange, 'data: {"choices":[{"delta":\n\n');
    }
    const token = tokens[position] ?? { text: fillerWord(position), call: null };
    await pause(isEndless ? Math.max(serving.chunkDelayMs, endlessPauseMs) : serving.chunkDelayMs, exchange.signal);
    // Charged before it is written: a caller that reads it and leaves at once has had it.
    record.completionTokens += 1;
    await writeEvent(serving, index, toDelta(token));
    if (fault?.kind === 'cut' && fault.afterChunks === record.completionTokens) return false;
    if (fault?.kind === 'stall' && fault.afterChunks === record.completionTokens) {
      await pause(stallMsMax, exchange.signal);
    }
  }
  return true;
}

function writeEvent(serving: ChatServing, index: number, delta: object, finishReason: string | null = null) {
  const choices = [{ index, delta, logprobs: null, finish_reason: finishReason }];
  const event = { ...head(serving, 'chat.completion.chunk'), choices, usage: null };
  return write(serving.exchange, `data: ${JSON.stringify(event)}\n\n`);
}

function toDelta({ text, call }: AnswerToken): object {
  if (call === null) return { content: text };
  const { index, id, name, isFirst } = call;
  const named = { index, id, type: 'function', function: { name, arguments: text } };
  return { tool_calls: [isFirst ? named : { index, function: { arguments: text } }] };
}

function toPlainChoice({ tokens, finishReason }: ComposedChoice, index: number): object {
  const calls = Map.groupBy(tokens, (token) => token.call?.id);
  const text = calls.get(undefined) ?? [];
  calls.delete(undefined);
  const toolCalls = [...calls].map(([id, pieces]) => ({
    id,
    type: 'function',
    function: { name: pieces[0]?.call?.name, arguments: pieces.map((piece) => piece.text).join('') },
  }));
  const said = toolCalls.length > 0 ? null : text.map((piece) => piece.text).join('');
  const message = {
    role: 'assistant',
    content: said,
    refusal: null,
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return { index, message, logprobs: null, finish_reason: finishReason };
}

function head({ record, created }: ChatServing, object: string) {
  const id = `chatcmpl-mock-${record.sequence}`;
  return { id, object, created, model: record.model, service_tier: 'default', system_fingerprint: 'fp_mock' };
}

function cutStream({ exchange, ledger, record }: ChatServing, status: number | null): void {
  ledger.settle(record, 'failed', status);
  if (status === null) exchange.response.destroy();
  else breakOff(exchange.response, ': cut\n\n');
}

function cutPlain({ response }: Exchange, body: string, afterChunks: number): void {
  if (afterChunks === 0) {
    response.destroy();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  breakOff(response, body.slice(0, body.length / 2));
}
