import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countCharges, explainCharge } from './charges.ts';
import { type Installation, install } from './installation.ts';
import { mockProvider } from './manifests.ts';
import { gapP99Ms, type OpenStreams, openStreams } from './open-streams.ts';
import { startSteadyLoad } from './steady-load.ts';

const streams = 50;
const tokensMax = 25;
const wholeMinute = 60_000;

const values = {
  services: { proxy: { replicas: 2 }, 'api-gateway': { replicas: 2 } },
  spool: { persistence: { enabled: true, size: '1Gi' } },
};

let installation: Installation;
beforeAll(async () => {
  installation = await install('aggregator-rollouts', values);
  await installation.apply(mockProvider('quick'), mockProvider('slow', { tokenInterval: '1s' }));
  await installation.kubectl(['wait', 'providers', '--all', '--for=condition=Programmed', '--timeout=60s']);
}, 500_000);
afterAll(() => installation?.remove(), 400_000);

const open = (count: number): Promise<OpenStreams> =>
  openStreams(count, { ...access(), model: 'slow/mock-small', tokensMax });
const access = () => ({ baseUrl: installation.gatewayUrl, apiKey: installation.apiKey });

async function rollOut(workload: string): Promise<void> {
  await installation.kubectl(['rollout', 'restart', workload]);
  await installation.kubectl(['rollout', 'status', workload, '--timeout=240s'], undefined, 250_000);
}

describe('fifty slow streams, and plain requests beside them', () => {
  it.each([
    ['a rolling restart of the proxies', () => rollOut('statefulset/aggregator-proxy')],
    ['a rolling restart of the gateways', () => rollOut('deployment/aggregator-api-gateway')],
    [
      'helm upgrade',
      () => installation.upgrade({ ...values, defaults: { podAnnotations: { 'example.com/changed': 'yes' } } }),
    ],
    [
      'the deletion of a proxy',
      () => installation.kubectl(['delete', 'pod', 'aggregator-proxy-0'], undefined, 120_000),
    ],
  ])(
    'live through %s: none is cut, none fails, each is charged once (I15)',
    async (_name, change) => {
      const opened = await open(streams);
      const load = startSteadyLoad({ ...access(), models: ['quick/mock-small'], workers: 2, requestsMax: 50_000 });

      await change();

      const seen = await opened.all();
      const plain = await load.stop();
      expect(load.failures).toEqual([]);
      expect(seen.filter(({ isWhole }) => !isWhole)).toEqual([]);
      expect(gapP99Ms(seen)).toBeLessThan(2000);
      const ids = [...seen.map(({ requestId }) => requestId ?? ''), ...plain.slice(-50)];
      expect(new Set(await countCharges(installation, ids))).toEqual(new Set([1]));
    },
    5 * wholeMinute,
  );

  it(
    'end with an error when their proxy gets SIGKILL, and the delivered part is charged once (I1)',
    async () => {
      const opened = await open(20);

      await installation.kubectl([
        'delete',
        'pod',
        'aggregator-proxy-0',
        'aggregator-proxy-1',
        '--grace-period=0',
        '--force',
      ]);

      const seen = await opened.all();
      const cut = seen.filter(({ isWhole }) => !isWhole);
      expect(cut.length).toBeGreaterThan(0);
      // An error event or a torn connection: never a silent end that could be taken for a whole answer.
      expect(cut.filter(({ errorCode, isTorn }) => errorCode === null && !isTorn)).toEqual([]);
      const ids = cut.map(({ requestId }) => requestId ?? '');
      expect(new Set(await countCharges(installation, ids, 3 * wholeMinute))).toEqual(new Set([1]));
      const explained = await explainCharge(installation, ids[0] ?? '');
      expect(BigInt(explained.amountNanoUsd)).toBeGreaterThan(0n);
      await waitFor(
        async () =>
          (await installation.kubectl(['get', 'pods', '-l', 'app.kubernetes.io/name=proxy'])).match(/1\/1/g)?.length ===
          2,
        { timeoutMs: 2 * wholeMinute, describe: 'both proxies' },
      );
    },
    6 * wholeMinute,
  );
});
