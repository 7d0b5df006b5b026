import { tenantList } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /v1/auth/organizations', () => {
  let auth: AuthHarness;
  let operator: Account;
  let owners: Account[];
  beforeAll(async () => {
    auth = await startAuth();
    operator = await auth.createAccount('operator');
    owners = [];
    for (const name of ['100% Ltd', 'Hundred']) {
      const owner = await auth.createAccount();
      await auth.database.organization.update({ where: { id: owner.principal.orgId }, data: { name } });
      owners.push(owner);
    }
  });
  afterAll(() => auth.stop());

  const list = async (query = '', as = operator.principal) => {
    const { status, body } = await auth.call('GET', `/v1/auth/organizations${query}`, { as });
    return status === 200 ? tenantList.parse(body) : status;
  };
  const idsOf = (answer: Awaited<ReturnType<typeof list>>) =>
    typeof answer === 'number' ? answer : answer.data.map(({ id }) => id);

  it('has all organisations, newest first, page by page', async () => {
    const all = await list();
    expect(idsOf(all)).toEqual(
      [...owners.map(({ principal }) => principal.orgId), operator.principal.orgId].sort().reverse(),
    );

    const first = await list('?limit=1');
    if (typeof first === 'number') throw new Error(String(first));
    expect(first.nextCursor).toBe(first.data[0]?.id);
    expect(idsOf(await list(`?limit=100&cursor=${first.nextCursor}`))).toHaveLength(2);
  });

  it.each([
    ['hUNd', 1],
    ['%25', 0],
    ['_', null],
  ] as const)('finds a part of the name, with no letter that stands for others: %s', async (name, index) => {
    const expected = index === null ? [] : [owners[index]?.principal.orgId];
    expect(idsOf(await list(`?name=${name}`))).toEqual(expected);
  });

  it('omits what was deleted', async () => {
    const gone = await auth.createAccount();
    await auth.database.organization.update({ where: { id: gone.principal.orgId }, data: { deletedAt: new Date() } });

    expect(idsOf(await list())).not.toContain(gone.principal.orgId);
  });

  it('is 403 for an owner, and 400 for a page that is none', async () => {
    expect(await list('', owners[0]?.principal ?? operator.principal)).toBe(403);
    expect(await list('?limit=0')).toBe(400);
  });
});
