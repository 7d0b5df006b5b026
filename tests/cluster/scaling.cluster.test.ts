import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countCharges } from './charges.ts';
import { type Installation, install } from './installation.ts';
import { mockProvider } from './manifests.ts';
import { gapP99Ms, openStreams } from './open-streams.ts';
import { startSteadyLoad } from './steady-load.ts';

const minuteMs = 60_000;

/** As in production, but quicker to lower again, so that a test can wait for it. */
const autoscaling = {
  enabled: true,
  mode: 'cpu',
  minReplicas: 1,
  maxReplicas: 3,
  cpuUtilization: 70,
  behavior: {
    scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }] },
    scaleDown: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }] },
  },
};

let installation: Installation;
beforeAll(async () => {
  installation = await install('aggregator-scaling', { services: { proxy: { autoscaling } } });
  await installation.apply(mockProvider('quick'), mockProvider('slow', { tokenInterval: '2s' }));
  await installation.kubectl(['wait', 'providers', '--all', '--for=condition=Programmed', '--timeout=60s']);
}, 500_000);
afterAll(() => installation?.remove(), 400_000);

const access = () => ({ baseUrl: installation.gatewayUrl, apiKey: installation.apiKey });
const readNumber = async (path: string) =>
  Number(await installation.kubectl(['get', 'statefulset', 'aggregator-proxy', '-o', `jsonpath={${path}}`]));
const wantedReplicas = () => readNumber('.spec.replicas');

describe('the autoscaler of the proxies', () => {
  it(
    'raises their number under load and lowers it again, and cuts none of fifty slow streams (I15)',
    async () => {
      const load = startSteadyLoad({ ...access(), models: ['quick/mock-small'], workers: 12, requestsMax: 500_000 });
      await waitFor(async () => (await readNumber('.status.readyReplicas')) >= 2, {
        timeoutMs: 3 * minuteMs,
        describe: 'a second proxy',
      });
      const raisedTo = await wantedReplicas();
      const opened = await openStreams(50, { ...access(), model: 'slow/mock-small', tokensMax: 40 });

      await load.stop();
      expect(load.failures).toEqual([]);
      await waitFor(async () => (await wantedReplicas()) < raisedTo, {
        timeoutMs: 3 * minuteMs,
        describe: 'fewer proxies',
      });
      expect(opened.left).toBeGreaterThan(0);
      const seen = await opened.all();

      expect(seen.filter(({ isWhole }) => !isWhole)).toEqual([]);
      expect(gapP99Ms(seen)).toBeLessThan(3000);
      const ids = seen.map(({ requestId }) => requestId ?? '');
      expect(new Set(await countCharges(installation, ids))).toEqual(new Set([1]));
      await waitFor(async () => (await wantedReplicas()) === 1, {
        timeoutMs: 3 * minuteMs,
        describe: 'one proxy again',
      });
    },
    10 * minuteMs,
  );
});
