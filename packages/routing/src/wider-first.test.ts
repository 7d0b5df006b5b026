import { routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { planRoute } from './plan-route.ts';
import { indexSnapshot } from './snapshot-index.ts';
import {
  sampleCandidate,
  sampleModel,
  sampleProvider,
  sampleRequest,
  sampleRoute,
  sampleView,
} from './testing/sample-snapshot.ts';
import { widerFirst } from './wider-first.ts';

const windows = { failed: 1000, narrow: 500, equal: 1000, wide: 9000, wider: 90_000 };

const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: Object.entries(windows).map(([name, contextLength]) =>
      sampleProvider(name, [sampleModel('m', { contextLength })], { credentialRefs: ['env:ONE', 'env:TWO'] }),
    ),
    routes: [
      sampleRoute(
        'route',
        Object.keys(windows).map((name, priority) => sampleCandidate(name, 'm', priority)),
      ),
    ],
    prices: { p1: { inputUncached: '1', outputText: '1' } },
  }),
);

describe('what comes after a request that was too long', () => {
  it('begins with the largest window, leaves out only the same model, and keeps the order of keys', () => {
    const { targets } = planRoute(index, sampleRequest('route'), sampleView(), () => 0.5);
    const [failed, ...rest] = targets;
    if (failed === undefined) throw new Error('no target to ask');
    const next = widerFirst(rest, failed);
    expect(next.map(({ candidate }) => candidate.provider.name)).toEqual(
      ['wider', 'wide', 'equal', 'narrow'].flatMap((name) => [name, name]),
    );
    expect(next.map(({ credentialRef }) => credentialRef)).toEqual(
      ['wider', 'wide', 'equal', 'narrow'].flatMap(() => ['env:ONE', 'env:TWO']),
    );
    expect(widerFirst([], failed)).toEqual([]);
  });
});
