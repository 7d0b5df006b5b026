import { createMemoryAdmissionStore } from '@aggregator/admission';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  answerJson,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const started: (TestGateway | TestServer)[] = [];
afterEach(async () => {
  for (const part of started.splice(0).reverse()) await ('stop' in part ? part.stop() : part.close());
});

/** A gateway before a statistics service, with a counter store that can be away. */
async function startWorld() {
  const analytics = await serve((_request, response) => answerJson(response, {}));
  const state = { isAway: false, asked: 0 };
  const store = createMemoryAdmissionStore();
  const gateway = await startGateway(
    analytics.url,
    { ANALYTICS_URL: analytics.url, MANAGEMENT_REQUESTS_PER_MINUTE: '8', REPLICAS_MAX: '4' },
    {
      admission: {
        takeRate(limit) {
          state.asked += 1;
          return state.isAway ? Promise.reject(new Error('no reply within 1000 ms')) : store.takeRate(limit);
        },
        readEpoch: () => (state.isAway ? Promise.reject(new Error('away')) : store.readEpoch()),
        close: () => store.close(),
      },
    },
  );
  started.push(analytics, gateway);
  const ask = async () => {
    const headers = { authorization: `Bearer ${validKey}` };
    const answer = await fetch(`${gateway.url}/v1/analytics/dashboard`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  return { gateway, state, ask };
}

describe('the management API', () => {
  it('has a limit for each key', async () => {
    const { ask } = await startWorld();

    const statuses = [];
    for (let request = 0; request < 9; request += 1) statuses.push(await ask());

    expect(statuses).toEqual([...Array.from({ length: 8 }, () => 200), 429]);
  });

  it('keeps to this gateway’s part of the limit while the counter store is away, and asks it once (I14)', async () => {
    const { gateway, state, ask } = await startWorld();
    state.isAway = true;

    const statuses = [await ask(), await ask(), await ask()];

    expect(statuses).toEqual([200, 200, 429]);
    expect(state.asked).toBe(1);
    expect((await gateway.service.context.metrics.read()).text).toMatch(/gateway_counter_store_away\{[^}]*\} 1/);
  });

  it('rejects a method that the path does not have with 405 and Allow, and lets the service judge unknown paths', async () => {
    const { gateway, ask } = await startWorld();
    const send = async (method: string, path: string) => {
      const headers = { authorization: `Bearer ${validKey}` };
      const answer = await fetch(`${gateway.url}${path}`, { method, headers });
      await answer.arrayBuffer();
      return [answer.status, answer.headers.get('allow'), answer.headers.get('content-type')];
    };

    expect(await send('DELETE', '/v1/analytics/dashboard')).toEqual([405, 'GET, HEAD', 'application/problem+json']);
    expect(await send('DELETE', '/v1/chat/completions')).toEqual([405, 'POST', 'application/json']);
    expect((await send('DELETE', '/v1/analytics/unknown'))[0]).toBe(200);
    expect(await ask()).toBe(200);
  });
});
