import { randomUUID } from 'node:crypto';
import { namesAnswer, namesAskedMax, type Principal, type Team } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deleteOrganizations } from '../deletion/delete-organizations.ts';
import { graceMs } from '../deletion/request-deletion.ts';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';

describe('POST /internal/organizations/{id}/names', () => {
  let auth: AuthHarness;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth();
    owner = { ...(await auth.createAccount('owner')).principal, sessionId: randomUUID() };
  });
  afterAll(() => auth.stop());

  const ask = (ids: string[], orgId = owner.orgId, as: 'analytics' | 'proxy' = 'analytics') =>
    auth.call('POST', `/internal/organizations/${orgId}/names`, { as, body: { ids } });
  const read = async (ids: string[], orgId?: string) => namesAnswer.parse((await ask(ids, orgId)).body).names;
  const nameOfUser = async (id: string) => (await auth.database.user.findUniqueOrThrow({ where: { id } })).name;

  it('names members, API keys and teams, also after they left or were deleted', async () => {
    const { principal: member } = await auth.createMember(owner, 'developer');
    const key = await auth.createKey(owner, { name: 'batch' });
    const made = await auth.call('POST', '/v1/auth/organization/teams', { as: owner, body: { name: 'red' } });
    const { id: teamId } = made.body as Team;
    const ids = [member.userId, key.id, teamId];
    const expected = { [member.userId]: await nameOfUser(member.userId), [key.id]: 'batch', [teamId]: 'red' };
    expect(await read([...ids, randomUUID(), owner.orgId])).toEqual(expected);

    const team = await auth.call('DELETE', `/v1/auth/organization/teams/${teamId}`, { as: owner });
    const left = await auth.call('DELETE', `/v1/auth/organization/members/${member.userId}`, { as: owner });
    await auth.call('DELETE', `/v1/auth/api-keys/${key.id}`, { as: owner });
    expect([team.status, left.status]).toEqual([204, 204]);
    expect(await read(ids)).toEqual(expected);
  });

  it('names nothing of another organisation (I17)', async () => {
    const other = { ...(await auth.createAccount('owner')).principal, sessionId: randomUUID() };
    const key = await auth.createKey(owner);
    expect(await read([owner.userId, key.id], other.orgId)).toEqual({});
    expect(Object.keys(await read([owner.userId, key.id]))).toHaveLength(2);
  });

  it('keeps no name of a person who was deleted', async () => {
    const gone = { ...(await auth.createAccount('owner')).principal, sessionId: randomUUID() };
    const key = await auth.createKey(gone, { name: 'canary key' });
    await auth.call('DELETE', `/v1/auth/api-keys/${key.id}`, { as: gone });
    const { name } = await auth.database.organization.findUniqueOrThrow({ where: { id: gone.orgId } });
    const asked = await auth.call('POST', '/v1/auth/organization/deletion', { as: gone, body: { name } });
    expect(asked.status).toBe(202);
    auth.clock.advance(graceMs);
    await deleteOrganizations(auth.service.context, new Date(auth.clock.now()));
    expect(await read([gone.userId, key.id], gone.orgId)).toEqual({ [key.id]: 'deleted' });
  });

  it('rejects other callers and batches that are too large', async () => {
    expect((await ask([], owner.orgId, 'proxy')).status).toBe(401);
    const ids = Array.from({ length: namesAskedMax + 1 }, () => randomUUID());
    expect((await ask(ids)).status).toBe(400);
    expect(await read([])).toEqual({});
  });
});
