import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../keys/key-hasher.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';

describe('changes of one organisation that wait for each other', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  /** Runs a step while another change has the organisation's lock. */
  async function whileLocked<Result>(organizationId: string, step: () => Promise<Result>): Promise<Result> {
    const locked = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const holding = auth.database.$transaction(
      async (transaction) => {
        await lockOrganization(transaction, organizationId);
        locked.resolve();
        await over.promise;
      },
      { timeout: 30_000 },
    );
    await locked.promise;
    try {
      return await step();
    } finally {
      over.resolve();
      await holding;
    }
  }

  it("leave connections for others' logins and verdicts, and are made when the lock is free (I12)", async () => {
    const [attacker, victim] = [await auth.createAccount(), await auth.createAccount()];
    const { key, id } = await auth.createKey(victim.principal);
    const stolen = await auth.createKey(attacker.principal, { scopes: ['keys:manage', 'ai:invoke'] });
    const as = { ...attacker.principal, keyId: stolen.id };
    const changes: Promise<{ status: number }>[] = [];

    const others = await whileLocked(attacker.principal.orgId, async () => {
      for (let count = 0; count < 60; count += 1) {
        changes.push(auth.call('POST', '/v1/auth/api-keys', { as, body: { name: 'k' } }));
      }
      const { email, password } = victim;
      let statuses: number[] | null = null;
      void Promise.all([
        auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: { email, password } }),
        auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256: sha256Hex(key) } }),
        auth.call('GET', '/v1/auth/api-keys', { as: victim.principal }),
        auth.call('DELETE', `/v1/auth/api-keys/${id}`, { as: victim.principal }),
      ]).then((answers) => {
        statuses = answers.map(({ status }) => status);
      });
      await waitFor(() => statuses !== null, { describe: 'the answers to others' });
      return statuses;
    });

    expect(others).toEqual([200, 200, 200, 204]);
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([201, 503]));
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(50);
  });

  it('of its keys do not keep an owner from revoking one of them', async () => {
    const owner = await auth.createAccount();
    const stolen = await auth.createKey(owner.principal, { scopes: ['keys:manage', 'ai:invoke'] });
    const as = { ...owner.principal, keyId: stolen.id };
    const changes: Promise<{ status: number }>[] = [];
    const revoking = await whileLocked(owner.principal.orgId, async () => {
      for (let count = 0; count < 60; count += 1) {
        changes.push(auth.call('POST', '/v1/auth/api-keys', { as, body: { name: 'k' } }));
      }
      // More than may wait are refused at once.
      await Promise.race(changes);
      return { answer: auth.call('DELETE', `/v1/auth/api-keys/${stolen.id}`, { as: owner.principal }) };
    });

    expect((await revoking.answer).status).toBe(204);
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(40);
  });
});
