import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { calmRequestQueue } from './calm-request-queue.ts';

const sent: number[] = [];
const open = (maxInFlightRequests: number | null, enforceRequestTimeout = false, requestTimeout = 1000) =>
  new RequestQueue({
    ...{ maxInFlightRequests, requestTimeout, enforceRequestTimeout, clientId: 'c', broker: 'b' },
    isConnected: () => true,
    logger: { debug: () => undefined, warn: () => undefined },
  });
/** A request whose answer nothing reads. */
const late: unknown[] = [];
const request = (correlationId: number) => ({
  entry: { correlationId, reject: (error: unknown) => late.push(error), resolve: () => undefined },
  expectResponse: true,
  sendRequest: () => sent.push(correlationId),
});
const answer = (correlationId: number) => ({ correlationId, payload: null, size: 0 });

describe('the request queue of a connection', () => {
  beforeEach(() => {
    jest.useFakeTimers();
    calmRequestQueue();
    sent.length = 0;
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('sets no timer when no request waits', () => {
    const queue = open(null);
    queue.push(request(1));
    queue.fulfillRequest(answer(1));
    expect([sent, jest.getTimerCount()]).toEqual([[1], 0]);
  });

  it('sends a request that waited for the end of a throttle, and then sets no timer', () => {
    const queue = open(null);
    queue.maybeThrottle(500);
    queue.push(request(1));
    jest.advanceTimersByTime(499);
    expect(sent).toEqual([]);
    jest.advanceTimersByTime(1);
    expect([sent, jest.getTimerCount()]).toEqual([[1], 0]);
  });

  it('sends a request that waited for a place when an answer comes', () => {
    const queue = open(1);
    queue.push(request(1));
    queue.push(request(2));
    expect(sent).toEqual([1]);
    queue.fulfillRequest(answer(1));
    expect(sent).toEqual([1, 2]);
    queue.fulfillRequest(answer(2));
    jest.advanceTimersByTime(100);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('looks once a second for requests without an answer, and rejects one that is late', () => {
    const queue = open(null, true, 3000);
    const now = jest.spyOn(Date, 'now');
    queue.scheduleRequestTimeoutCheck();
    queue.push(request(1));
    now.mockClear();
    jest.advanceTimersByTime(2999);
    expect([now.mock.calls.length, late]).toEqual([2, []]);
    jest.advanceTimersByTime(1001);
    expect(late).toHaveLength(1);
    queue.destroy();
  });
});
