import { apiKeyList } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /v1/auth/api-keys', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
    for (const name of ['one', 'two', 'three']) {
      await auth.createKey(owner.principal, { name });
      auth.clock.advance(1);
    }
    await auth.createKey((await auth.createAccount()).principal, { name: "a stranger's" });
  });
  afterAll(() => auth.stop());

  const list = (query = '', as = owner.principal) => auth.call('GET', `/v1/auth/api-keys${query}`, { as });
  const page = async (query: string) => apiKeyList.parse((await list(query)).body);

  it("answers 200 with the organisation's keys only, newest first, without the keys themselves (I17)", async () => {
    const answer = await list();

    expect(answer.status).toBe(200);
    expect(apiKeyList.parse(answer.body).data.map(({ name }) => name)).toEqual(['three', 'two', 'one']);
    expect(answer.text).not.toMatch(/agk_live_[A-Za-z0-9]{5,}/);
  });

  it('answers 200 in pages that lead from one to the next', async () => {
    const first = await page('?limit=2');
    const second = await page(`?limit=2&cursor=${first.nextCursor}`);

    expect(first.data.map(({ name }) => name)).toEqual(['three', 'two']);
    expect(second.data.map(({ name }) => name)).toEqual(['one']);
    expect(second.nextCursor).toBeNull();
  });

  it.each(['?limit=0', '?limit=1000000', '?limit=1e2', '?cursor=%25%25', '?cursor=a&cursor=b'])(
    'answers 400 for %s',
    async (query) => {
      expect((await list(query)).body).toMatchObject({ status: 400, code: 'invalid_value' });
    },
  );

  it('answers 400 for a query that it does not know', async () => {
    expect((await list('?organizationId=x')).body).toMatchObject({ status: 400, code: 'unknown_field' });
  });

  it('answers 403 to who may not manage keys', async () => {
    expect((await list('', { ...owner.principal, scopes: ['ai:invoke'] })).status).toBe(403);
  });
});
