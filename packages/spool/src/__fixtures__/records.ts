import { randomUUID } from 'node:crypto';
import type { Spool, SpoolIntent, SpoolSettlement } from '../port.ts';

export function makeIntent(eventId: string): SpoolIntent {
  return { eventId, time: new Date().toISOString(), body: { hold: '1000', note: 'ü😀' } };
}

/** Begins a request as the proxy does when it sends it: the intent and its first mark, which is its event id, in one write. */
export function beginRequest(spool: Pick<Spool, 'appendMark' | 'prepareIntent'>, intent: SpoolIntent): void {
  spool.prepareIntent(intent);
  spool.appendMark(intent.eventId, intent.eventId);
}

export function makeSettlement(eventId: string): SpoolSettlement {
  return {
    schema: 'usage.recorded/1',
    eventId,
    requestId: randomUUID(),
    attempt: 1,
    attempts: [{ provider: 'mock', model: 'mock-1', errorCode: null, latencyMs: 1200 }],
    time: new Date().toISOString(),
    orgId: randomUUID(),
    userId: randomUUID(),
    keyId: null,
    operation: 'chat.completions',
    provider: 'mock',
    model: 'mock-1',
    usage: { inputUncached: 10, outputText: 20, requests: 1 },
    price: { version: 'v1', rates: { inputUncached: '150000', outputText: '600000' } },
    amountNanoUsd: '13500',
    estimated: false,
    outcome: 'completed',
    errorCode: null,
    isStreamed: true,
    latencyMs: 1200,
    ttftMs: 300,
    cache: 'miss',
  };
}
