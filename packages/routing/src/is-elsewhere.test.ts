import { routingSnapshot } from '@aggregator/contracts';
import { expect, it } from '@jest/globals';
import { isElsewhere } from './is-elsewhere.ts';
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

const models = [sampleModel('m'), sampleModel('other')];
const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: [
      sampleProvider('a', models, { baseUrl: 'https://a.test/v1', credentialRefs: ['env:ONE', 'env:TWO'] }),
      sampleProvider('again', models, { baseUrl: 'https://a.test/v1' }),
      sampleProvider('b', models, { baseUrl: 'https://b.test/v1' }),
    ],
    routes: [
      sampleRoute('route', [
        sampleCandidate('a', 'm', 0),
        sampleCandidate('again', 'm', 1),
        sampleCandidate('a', 'other', 2),
        sampleCandidate('b', 'm', 3),
      ]),
    ],
    prices: { p1: { inputUncached: '1', outputText: '1' } },
  }),
);

it('is another model or another address, and never another key or another name of one provider', () => {
  const { targets } = planRoute(index, sampleRequest('route'), sampleView(), () => 0.5);
  const [first] = targets;
  if (first === undefined) throw new Error('the route has targets');
  const found = targets.map((target) => [
    target.candidate.provider.name,
    target.candidate.model.id,
    isElsewhere(target, first),
  ]);
  expect(found).toEqual([
    ['a', 'm', false],
    ['a', 'm', false],
    ['again', 'm', false],
    ['a', 'other', true],
    ['a', 'other', true],
    ['b', 'm', true],
  ]);
});
