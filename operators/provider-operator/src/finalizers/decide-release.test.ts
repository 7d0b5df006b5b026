import { describe, expect, it } from '@jest/globals';
import { readAcks } from '../status/proxy-acks.ts';
import { sampleProvider, sampleReport, sampleTraffic } from '../testing/samples.ts';
import { decideRelease, drainMsMax } from './decide-release.ts';

const deletedAt = '2026-01-01T00:00:00Z';
const soon = Date.parse(deletedAt) + 1000;

const decide = (options: Partial<Parameters<typeof decideRelease>[0]> = {}) =>
  decideRelease({
    metadata: sampleProvider({ deletedAt }).metadata,
    leftAt: { epoch: 1, version: 5 },
    proxies: {
      desired: ['proxy-0'],
      acks: readAcks(new Map(), { proxies: [sampleReport('proxy-0', 5)] }),
      isReachable: true,
      isKnown: true,
    },
    traffic: sampleTraffic(),
    nowMs: soon,
    ...options,
  });

describe('a Provider that is being deleted', () => {
  it('goes when every proxy has left it and its last request has ended', () => {
    expect(decide()).toEqual({ because: 'drained' });
  });

  it.each([
    ['the orchestrator has not taken it out', { leftAt: null }, 'the orchestrator to take it out'],
    ['a proxy is behind', { leftAt: { epoch: 1, version: 6 } }, '1 proxies to take it out'],
    ['requests are open', { traffic: sampleTraffic({ inFlight: 2 }) }, '2 open requests'],
  ])('stays while %s', (_case, options, waitingFor) => {
    expect(decide(options)).toEqual({ because: null, waitingFor });
  });

  it('is released after ten minutes in any case, so that a namespace can be deleted', () => {
    const nowMs = Date.parse(deletedAt) + drainMsMax;

    expect(decide({ leftAt: null, nowMs })).toEqual({ because: 'overdue' });
    expect(decide({ traffic: sampleTraffic({ inFlight: 2 }), nowMs: nowMs - 1 }).because).toBeNull();
  });

  it('is released at once if its annotation says that it need not wait', () => {
    const { metadata } = sampleProvider({ deletedAt, annotations: { 'aggregator.dev/skip-drain': 'true' } });

    expect(decide({ metadata, leftAt: null })).toEqual({ because: 'skipped' });
  });
});
