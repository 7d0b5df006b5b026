import { beginEvents, cut, type Exchange, sendJson, write } from '../openai/exchange.ts';
import { findFault, type StreamFault } from '../openai/faults.ts';
import { Refusal } from '../openai/refusal.ts';
import { splitTokens } from '../openai/tokens.ts';
import { checkChat, countPromptTokens, parseStrictly, readText } from './check-chat.ts';
import { type CohereAnswer, composeAnswer } from './compose-answer.ts';
import { toId } from './ids.ts';
import { requireModel } from './models.ts';
import { cohereChat } from './wire.ts';

/** Cohere puts a preamble before every prompt, which it reads and does not bill. */
const preambleTokens = 66;

interface CohereEvent {
  event: { type: string; [field: string]: unknown };
  /** Tokens that the caller owes once this has been written. */
  tokens: number;
}

/** A chat, plain or as typed events. A stream is charged by what was written of it. */
export async function serveChat(exchange: Exchange, body: unknown): Promise<void> {
  const chat = parseStrictly(cohereChat, body);
  const model = requireModel(chat.model, 'chat');
  checkChat(chat, model);
  const { record } = exchange;
  const last = chat.messages.at(-1);
  const fault = findFault(last === undefined ? '' : readText(last));
  record.promptTokens = countPromptTokens(chat);
  const answer = composeAnswer(chat, model);
  const id = toId(exchange);
  if (chat.stream === true) return streamChat(exchange, toEvents(answer), id, answer.finishReason, fault);
  if (fault === 'error-event') throw new Refusal(500, { message: 'internal server error' });
  record.completionTokens = answer.tokens;
  record.state = fault === 'cut' ? 'failed' : 'completed';
  if (fault === 'cut') {
    exchange.response.destroy();
    return;
  }
  const { text, thinking, plan, calls, citations, finishReason } = answer;
  const content = [
    ...(thinking === '' ? [] : [{ type: 'thinking', thinking }]),
    ...(text === '' ? [] : [{ type: 'text', text }]),
  ];
  const message = {
    role: 'assistant',
    ...(content.length > 0 && { content }),
    ...(plan !== '' && { tool_plan: plan }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(citations.length > 0 && { citations }),
  };
  sendJson(exchange, 200, { id, finish_reason: finishReason, message, usage: toUsage(exchange) });
}

async function streamChat(
  exchange: Exchange,
  events: readonly CohereEvent[],
  id: string,
  finishReason: string,
  fault: StreamFault | null,
): Promise<void> {
  const { response, record } = exchange;
  beginEvents(exchange);
  const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  const start = { event: { type: 'message-start', id, delta: { message } }, tokens: 0 };
  const breakAt = fault === null ? events.length : Math.floor(events.length / 2);
  for (const { event, tokens } of [start, ...events.slice(0, breakAt)]) {
    record.completionTokens += tokens;
    if (!(await write(exchange, toText(event)))) return;
  }
  if (fault === 'cut') return cut(exchange);
  const isError = fault === 'error-event';
  const ended = isError ? { finish_reason: 'ERROR', error: 'internal error' } : { finish_reason: finishReason };
  record.state = isError ? 'failed' : 'completed';
  const end = { type: 'message-end', id, delta: { ...ended, usage: toUsage(exchange) } };
  response.end(`${toText(end)}data: [DONE]\n\n`);
}

function toText(event: CohereEvent['event']): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function toEvents({ text, thinking, plan, calls, citations }: CohereAnswer): CohereEvent[] {
  const events: CohereEvent[] = [];
  const add = (type: string, index: number | undefined, message: object | undefined, tokens = 0) => {
    const event = { type, ...(index !== undefined && { index }), ...(message !== undefined && { delta: { message } }) };
    events.push({ event, tokens });
  };
  let index = 0;
  const addBlock = (kind: 'text' | 'thinking', said: string) => {
    if (said === '') return;
    add('content-start', index, { content: { type: kind, [kind]: '' } });
    for (const piece of splitTokens(said)) add('content-delta', index, { content: { [kind]: piece } }, 1);
    if (kind === 'text') {
      for (const [at, citation] of citations.entries()) {
        add('citation-start', at, { citations: citation });
        add('citation-end', at, undefined);
      }
    }
    add('content-end', index, undefined);
    index += 1;
  };
  addBlock('thinking', thinking);
  for (const piece of splitTokens(plan)) add('tool-plan-delta', undefined, { tool_plan: piece }, 1);
  for (const call of calls) {
    add('tool-call-start', index, { tool_calls: { ...call, function: { name: call.function.name, arguments: '' } } });
    for (const piece of splitTokens(call.function.arguments)) {
      add('tool-call-delta', index, { tool_calls: { function: { arguments: piece } } }, 1);
    }
    add('tool-call-end', index, undefined);
    index += 1;
  }
  addBlock('text', text);
  return events;
}

function toUsage({ record }: Exchange): object {
  return {
    billed_units: { input_tokens: record.promptTokens, output_tokens: record.completionTokens },
    tokens: { input_tokens: record.promptTokens + preambleTokens, output_tokens: record.completionTokens },
    cached_tokens: 0,
  };
}
