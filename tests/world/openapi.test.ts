import { type ApiRoute, apiRoutes } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { startWorld, type World } from './start-world.ts';
import { Callers } from './tenant-actors.ts';

/** Routes whose answer a person gets without an own object. */
const readable = apiRoutes.filter(
  ({ method, path, needs, answer, errors, answerType }) =>
    method === 'GET' &&
    needs !== 'nothing' &&
    answer !== undefined &&
    errors === undefined &&
    !path.includes('{') &&
    !answerType,
);

describe('the reference of the API, at the gateway', () => {
  let world: World;
  let callers: Callers;
  let owner: string;
  let operator: string;
  beforeAll(async () => {
    world = await startWorld({ MANAGEMENT_REQUESTS_PER_MINUTE: '100000' });
    callers = new Callers(world.baseUrl);
    owner = (await callers.signUp('reader')).token;
    operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
  });
  afterAll(() => world.destroy());

  it('is served without a credential, and valid', async () => {
    const response = await fetch(new URL('/openapi.json', world.baseUrl));
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await new Validator().validate((await response.json()) as Record<string, unknown>)).toMatchObject({
      valid: true,
    });
  });

  it.each(readable.map((route) => [route.path, route] as const))('describes the answer of %s', async (path, route) => {
    for (const token of [owner, operator]) {
      const { status, json } = await callers.as(token).request('GET', path);
      if (status === 403) continue;
      expect({ path, status }).toEqual({ path, status: route.status });
      expect(problemsOf(route, json)).toEqual([]);
    }
  });

  it('has an owner or an operator for each of these routes', async () => {
    const statuses = await Promise.all(
      readable.map(async ({ path }) => {
        const both = [owner, operator].map(async (token) => (await callers.as(token).request('GET', path)).status);
        return { path, isReadable: (await Promise.all(both)).includes(200) };
      }),
    );
    expect(statuses.filter(({ isReadable }) => !isReadable)).toEqual([]);
  });
});

/** What the described schema says against an answer. */
function problemsOf({ answer }: ApiRoute, json: unknown): unknown[] {
  return answer?.safeParse(json).error?.issues ?? [];
}
