import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openWorld, type World } from '../testing/open-world.ts';
import { forgetRejections, keepRejections } from './keep-rejections.ts';

const dayMs = 86_400_000;

describe('rejections that are kept', () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  it('I12: go after three days, and the oldest go beyond the bound', async () => {
    const now = Date.now();
    const rejection = (ageMs: number) => ({
      ...{ requestId: randomUUID(), orgId: randomUUID(), time: new Date(now - ageMs).toISOString() },
      ...{ code: 'model_not_found', param: null, message: 'x' },
    });
    const [old, second, third, young] = [3 * dayMs + 60_000, 2 * dayMs, dayMs, 0].map(rejection);
    const all = [old, second, third, young].filter((one) => one !== undefined);
    await keepRejections(world.database, all);
    const read = async () =>
      (await world.database.rejectedRequest.findMany({ orderBy: { time: 'asc' } })).map(({ requestId }) => requestId);

    await forgetRejections(world.database);
    expect(await read()).toEqual([second?.requestId, third?.requestId, young?.requestId]);
    await forgetRejections(world.database, { daysMax: 3, rowsMax: 2 });
    expect(await read()).toEqual([third?.requestId, young?.requestId]);
  });
});
