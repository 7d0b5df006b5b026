import type { FakeScript } from '../../script.ts';
import { composeAnswer } from '../compose-answer.ts';
import { beginEvents, cut, type Exchange, sendJson, write } from '../exchange.ts';
import { findFault } from '../faults.ts';
import type { FakeModel } from '../models.ts';
import type { PromptCache } from '../prompt-cache.ts';
import { Refusal } from '../refusal.ts';
import { countPromptTokens, readText } from '../tokens.ts';
import { composeItems } from './compose-items.ts';
import { flattenTools } from './flatten-tools.ts';
import { toFakeChat } from './to-chat.ts';
import type { FakeResponses } from './wire.ts';

/** A response, plain or streamed. A stream is charged by what was written of it. */
export async function serveResponses(
  exchange: Exchange,
  cache: PromptCache,
  { request, model }: { readonly request: FakeResponses; readonly model: FakeModel },
  script?: FakeScript,
): Promise<void> {
  const { record, sequence, response } = exchange;
  const chat = toFakeChat(request);
  const last = chat.messages.at(-1);
  const fault = script === undefined && last !== undefined ? findFault(readText(last)) : null;
  record.promptTokens = countPromptTokens(chat);
  record.cachedTokens = cache.take(chat);
  const [choice] = composeAnswer(chat, model, script && seeAllTools(script, request));
  if (choice === undefined) throw new Error('the fake has no answer');
  record.reasoningTokens = choice.reasoningTokens;
  const items = composeItems(request, choice, sequence);
  const frame = toFrame(request, model, sequence);
  const whole = () => ({
    ...{ ...frame, ...toEnd(choice.finishReason), output: items.map(({ item }) => item), usage: toUsage(record) },
  });
  if (request.stream !== true) {
    if (fault === 'error-event') throw new Refusal(500, { message: 'The server had an error.' });
    record.completionTokens = choice.tokens;
    record.state = fault === 'cut' ? 'failed' : 'completed';
    if (fault === 'cut') response.destroy();
    else sendJson(exchange, 200, whole());
    return;
  }
  const streamed = items.flatMap(({ events }) => events);
  let count = 0;
  const send = (event: object) => {
    const { type } = Object(event);
    const text = `event: ${type}\ndata: ${JSON.stringify({ ...event, sequence_number: count })}\n\n`;
    count += 1;
    return write(exchange, text);
  };
  beginEvents(exchange);
  for (const type of ['response.created', 'response.in_progress']) {
    if (!(await send({ type, response: frame }))) return;
  }
  for (const { event, tokens } of fault === null ? streamed : streamed.slice(0, Math.floor(streamed.length / 2))) {
    record.completionTokens += tokens;
    if (!(await send(event))) return;
  }
  if (fault === 'cut') return cut(exchange);
  if (fault === 'error-event') {
    record.state = 'failed';
    const error = { code: 'server_error', message: 'The server had an error while processing your request.' };
    await send({ type: 'response.failed', response: { ...frame, status: 'failed', error } });
    response.end();
    return;
  }
  record.state = 'completed';
  const final = whole();
  if (await send({ type: `response.${final.status}`, response: final })) response.end();
}

/** A chat has functions only; the script sees custom tools and those of groups too. */
function seeAllTools(script: FakeScript, asked: FakeResponses): FakeScript {
  const names = flattenTools(asked).map(({ flatName }) => flatName);
  return (request) => script({ ...request, tools: names });
}

function toFrame(request: FakeResponses, model: FakeModel, sequence: number) {
  return {
    ...{
      id: `resp_${String(sequence).padStart(48, '0')}`,
      object: 'response',
      created_at: 1_795_000_000,
      status: 'in_progress',
    },
    ...{ background: false, error: null, incomplete_details: null, instructions: request.instructions ?? null },
    ...{ model: model.id, output: [], parallel_tool_calls: request.parallel_tool_calls ?? true },
    reasoning: {
      effort: request.reasoning?.effort ?? (model.efforts.length > 0 ? model.defaultEffort : null),
      summary: request.reasoning?.summary ?? null,
    },
    ...{ service_tier: 'default', store: request.store ?? true, tools: request.tools ?? [], usage: null },
  };
}

function toEnd(finishReason: string) {
  if (finishReason === 'length') return { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } };
  if (finishReason === 'content_filter') {
    return { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
  }
  return { status: 'completed', incomplete_details: null };
}

function toUsage({ promptTokens, cachedTokens, completionTokens, reasoningTokens }: Exchange['record']) {
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: 0 },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}
