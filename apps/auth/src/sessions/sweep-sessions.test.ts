import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { sweepSessions } from './sweep-sessions.ts';

describe('sweepSessions', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('deletes sessions that have expired, with their tokens, and leaves the others', async () => {
    const account = await auth.createAccount();
    await auth.logIn(account);
    auth.clock.advance(30 * 24 * 3600 * 1000 - 1);
    const { principal } = await auth.createAccount();
    await auth.database.session.create({
      data: {
        id: crypto.randomUUID(),
        userId: principal.userId,
        createdAt: new Date(auth.clock.now()),
        expiresAt: new Date(auth.clock.now() + 2),
      },
    });
    expect(await sweepSessions(auth.database, new Date(auth.clock.now()))).toBe(0);

    expect(await sweepSessions(auth.database, new Date(auth.clock.now() + 1))).toBe(1);

    expect(await auth.database.refreshToken.count()).toBe(0);
    expect(await auth.database.session.count()).toBe(1);
  });
});
