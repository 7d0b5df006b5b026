import { AppError } from '@aggregator/contracts';
import type { Dispatcher } from 'undici';
import type { ReceivedBody } from '../bodies/received-body.ts';
import type { AnswerOwner, OpenAnswers } from './open-answers.ts';
import type { ProxyPool } from './proxy-pool.ts';
import type { ProxyTarget } from './proxy-target.ts';
import { AnswerRelay, type ClientAnswer } from './relay-answer.ts';

const targetsMax = 3;

export interface ProxyRequest extends Pick<Dispatcher.DispatchOptions, 'method' | 'path' | 'headers'> {
  readonly body: ReceivedBody | null;
}

/**
 * Sends a request to a proxy, and the answer to the client. Where a proxy takes no connection, another is tried: nothing
 * of the request, nor of its body, has left us. Once it is on a connection no other is tried, with any outcome: the
 * proxy may have forwarded it, and an answer that no client reads costs as much as one that is read. If no answer has
 * begun, rejects with the error for the client.
 */
export async function sendToProxy(
  { proxies, openAnswers }: { proxies: ProxyPool; openAnswers: OpenAnswers },
  request: ProxyRequest,
  answer: ClientAnswer,
  owner: AnswerOwner,
): Promise<void> {
  const tried = new Set<ProxyTarget>();
  for (;;) {
    const target = proxies.choose(tried);
    const { failure, isDispatched } = await attempt(target, request, answer, (relay) =>
      openAnswers.enter(relay, owner),
    );
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
  { method, path, headers, body }: ProxyRequest,
  answer: ClientAnswer,
  enter: (relay: AnswerRelay) => () => void,
): Promise<{ failure: AppError | null; isDispatched: boolean }> {
  target.inFlight += 1;
  const { promise, resolve } = Promise.withResolvers<AppError | null>();
  const relay = new AnswerRelay(answer, resolve);
  const leave = enter(relay);
  try {
    target.pool.dispatch({ method, path, headers, body: body?.toDispatch() ?? null }, relay);
    return { failure: await promise, isDispatched: relay.isDispatched };
  } finally {
    leave();
    target.inFlight -= 1;
  }
}
