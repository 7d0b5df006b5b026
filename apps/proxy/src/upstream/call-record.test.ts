import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Dispatcher } from 'undici';
import { callProvider } from './call-provider.ts';
import { AnswerCollector } from './collect-answer.ts';

const toController = (handler: Dispatcher.DispatchHandler): Dispatcher.DispatchController => ({
  ...{ aborted: false, paused: false, reason: null, rawHeaders: null, rawTrailers: null },
  abort: (reason) => handler.onResponseError?.(toController(handler), reason),
  pause: () => undefined,
  resume: () => undefined,
});

/** A call through a connection that is there, is looked at for a turn first, or is missing. */
function call(connection: 'there' | 'idle' | 'missing', { refuses = false } = {}) {
  const log: string[] = [];
  const record = {
    gather: () => void log.push('gathered'),
    onWaiting: () => void log.push('waiting'),
    onSending: () => {
      log.push('sending');
      if (refuses) throw new AppError('spool_full');
    },
  };
  const dispatch: Dispatcher['dispatch'] = (_options, handler) => {
    log.push('dispatched');
    const start = () => handler.onRequestStart?.(toController(handler), {});
    if (connection === 'there') start();
    if (connection === 'idle') setImmediate(start);
    return true;
  };
  const pool = { name: 'p', pool: { dispatch } as Dispatcher, enter: () => () => undefined };
  const limits = { deadlineMs: performance.now() + 60_000, firstLifeMs: 60_000, idleMs: 60_000 };
  const collector = new AnswerCollector(undefined, 1, record);
  const endpoint = { method: 'POST', url: 'http://127.0.0.1:9/v1', headers: {} } as const;
  return { made: callProvider(pool, endpoint, '{}', limits, collector), log, collector };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('call that is put on record', () => {
  it.each([
    ['there', ['gathered', 'dispatched', 'sending']],
    ['idle', ['gathered', 'dispatched', 'sending']],
    ['missing', ['gathered', 'dispatched', 'waiting']],
  ] as const)('is gathered before it is given to a connection, which is %s (I1)', async (connection, expected) => {
    const { made, log, collector } = call(connection);
    await turn();
    expect([log, made.isSent]).toEqual([expected, connection !== 'missing']);
    made.abort(new AppError('request_cancelled'));
    await expect(collector.answer).rejects.toMatchObject({ code: 'request_cancelled' });
  });

  it.each(['there', 'idle'] as const)('sends nothing without its record; connection: %s (I11)', async (connection) => {
    const { made, collector } = call(connection, { refuses: true });
    await expect(collector.answer).rejects.toMatchObject({ code: 'spool_full' });
    expect(made.isSent).toBe(false);
  });

  it('does not wait for a connection once it is cancelled', async () => {
    const { made, log, collector } = call('missing');
    made.abort(new AppError('request_cancelled'));
    await expect(collector.answer).rejects.toMatchObject({ code: 'request_cancelled' });
    await turn();
    expect(log).toEqual(['gathered', 'dispatched']);
  });
});
