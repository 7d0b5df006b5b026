import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../testing/start-world.ts';

describe('the health of a proxy', () => {
  let world: World;
  let names: string[];
  beforeAll(async () => {
    world = await startWorld();
    names = world.proxy.context.routing.require().snapshot.providers.map(({ name }) => name);
  });
  afterAll(() => world.stop());

  const read = async (path: string) => {
    const answer = await fetch(`${world.url}${path}`);
    return { status: answer.status, body: await answer.json() };
  };

  it('names the time, the counter store, the event log and the providers', async () => {
    const { status, body } = await read('/health');

    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'ok', services: { redis: 'ok', rabbitmq: 'ok', providers: 'ok' } },
    });
    expect(Date.parse(String((body as { timestamp: unknown }).timestamp))).not.toBeNaN();
  });

  it('is unavailable if fewer than half of the providers are healthy, and the proxy stays ready', async () => {
    const { trials } = world.proxy.context.routing;
    trials.setUnhealthy(names.slice(0, Math.floor(names.length / 2)));
    expect((await read('/health')).status).toBe(200);

    trials.setUnhealthy(names.slice(0, Math.floor(names.length / 2) + 1));
    expect(await read('/health')).toMatchObject({
      status: 503,
      body: { status: 'unavailable', services: { redis: 'ok', providers: 'unavailable' } },
    });
    expect((await read('/health/ready')).status).toBe(200);
  });
});
