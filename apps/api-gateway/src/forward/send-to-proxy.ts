import { AppError } from '@aggregator/contracts';
import type { Dispatcher } from 'undici';
import type { OpenAnswers } from './open-answers.ts';
import type { ProxyPool } from './proxy-pool.ts';
import type { ProxyTarget } from './proxy-target.ts';
import { AnswerRelay, type ClientAnswer } from './relay-answer.ts';

const targetsMax = 3;

export type ProxyRequest = Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'headers' | 'body'>;

/**
 * Sends a request to a proxy, and the answer to the client. Where a proxy takes no connection, another is tried: nothing
 * of the request, nor of its body, has left us. Once it is on a connection no other is tried, whatever becomes of it: the
 * proxy may have sent it on, and an answer that nobody reads costs as much as one that somebody does. Rejects with what to
 * tell the client where no answer has begun.
 */
export async function sendToProxy(
  { proxies, openAnswers }: { proxies: ProxyPool; openAnswers: OpenAnswers },
  request: ProxyRequest,
  answer: ClientAnswer,
): Promise<void> {
  const tried = new Set<ProxyTarget>();
  for (;;) {
    const target = proxies.choose(tried);
    const { failure, isDispatched } = await attempt(target, request, answer, openAnswers);
    if (failure === null) return;
    if (isDispatched || failure.code === 'request_cancelled') throw failure;
    if (answer.response.destroyed) throw new AppError('request_cancelled');
    proxies.rest(target);
    tried.add(target);
    if (tried.size >= targetsMax || openAnswers.isCut) throw failure;
  }
}

async function attempt(
  target: ProxyTarget,
  request: ProxyRequest,
  answer: ClientAnswer,
  openAnswers: OpenAnswers,
): Promise<{ failure: AppError | null; isDispatched: boolean }> {
  target.inFlight += 1;
  const { promise, resolve } = Promise.withResolvers<AppError | null>();
  const relay = new AnswerRelay(answer, resolve);
  const leave = openAnswers.enter(relay);
  try {
    target.pool.dispatch(request, relay);
    return { failure: await promise, isDispatched: relay.isDispatched };
  } finally {
    leave();
    target.inFlight -= 1;
  }
}
