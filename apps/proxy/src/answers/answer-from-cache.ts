import { restoreAnswer } from '@aggregator/anonymisation';
import type { Price } from '@aggregator/contracts';
import { scalePrice } from '@aggregator/pricing';
import { toDispatched } from '../attempts/begin-attempt.ts';
import { chargeUsage } from '../money/charge.ts';
import { toIntent } from '../money/dispatched-request.ts';
import { recordSettlement, type SettlementContext } from '../money/settle-request.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { StoredAnswer } from '../remembered/answers/answer-cache.ts';
import { toChunks } from '../remembered/answers/to-chunks.ts';
import { answerHeaders, wantsAdditions, withAdditions } from './answer-additions.ts';
import { createAnswerEncoder } from './answer-encoder.ts';
import type { ChatJob } from './chat-job.ts';
import { keepResponse } from './keep-response.ts';

/** Parts that return an answer again from the cache. */
export type CacheHitContext = SettlementContext &
  Pick<ProxyContext, 'bootId' | 'config' | 'responses' | 'storedConversations'>;

/** Gives an answer again: no provider is called, and the caller pays the share of its price that hits are set to cost. */
export function answerFromCache(context: CacheHitContext, job: ChatJob, stored: StoredAnswer): void {
  const { open, asked, surface, vault } = job;
  const { exchange } = open;
  const [target] = open.plan.targets;
  if (target === undefined) throw new RangeError('a plan without a target');
  const dispatched = toDispatched(context, open, target, 0, open.hold.bounds);
  const request = { ...dispatched, price: toHitPrice(dispatched.price, context.config.cacheHitPricePercent) };
  context.spool.prepareIntent(toIntent(request));
  const charge = chargeUsage(stored.usage, request);
  const end = { failure: null, latencyMs: performance.now() - exchange.startedMs, ttftMs: null };
  recordSettlement(context, request, end, { outcome: 'completed', charge, cache: 'hit' });
  context.spool.writeSettlements();

  const dropped = [...new Set([...asked.droppedParams, ...stored.droppedParams])];
  const headers = answerHeaders(request, 'hit', dropped);
  const addCost = (body: Record<string, unknown>) =>
    wantsAdditions(exchange) ? withAdditions(body, exchange, request, charge) : body;
  const keep = (response: Readonly<Record<string, unknown>> | null) => {
    if (response !== null) keepResponse(context, exchange, job, response);
  };
  if (open.isStreamed) {
    const encoder = createAnswerEncoder({ ...job, cacheKey: null }, toHead(context, job));
    const includeUsage = asked.chat.stream_options?.include_usage === true;
    const { texts, last } = toChunks(stored.body, { includeUsage });
    const events = texts.map((text) => encoder.push(text)).join('') + encoder.end(addCost(last));
    exchange.response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' }).end(events);
    keep(encoder.readSaid(last).sent);
    return;
  }
  const restored = vault === null ? stored.body : restoreAnswer(stored.body, vault);
  const sent = surface.fromAnswer(addCost(restored), asked);
  const text = JSON.stringify(sent);
  keep(sent);
  const length = Buffer.byteLength(text);
  exchange.response
    .writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': length })
    .end(text);
}

export function toHead({ now }: Pick<ProxyContext, 'now'>, { open }: Pick<ChatJob, 'open'>) {
  return { requestId: open.exchange.requestId, createdAt: Math.floor(now() / 1000) };
}

function toHitPrice(price: Price, percent: number): Price {
  return scalePrice(price, percent * 10_000, `hit-${percent}`);
}
