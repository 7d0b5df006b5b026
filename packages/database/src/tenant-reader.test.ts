import { describe, expect, it } from '@jest/globals';
import { createTenantReader } from './tenant-reader.ts';

/** A server on which the role can be created meanwhile. */
function openServer() {
  const server = { hasRole: false, isAway: false, asked: 0 };
  const warnings: string[] = [];
  const transaction = { $queryRawUnsafe: async (): Promise<unknown[]> => [] };
  const database = {
    $queryRawUnsafe: async () => {
      server.asked += 1;
      if (server.isAway) throw new Error('away');
      return server.hasRole ? [{}] : [];
    },
    $transaction: <T>(work: (own: typeof transaction) => Promise<T>) => work(transaction),
  };
  let nowMs = 0;
  const logger = { warn: (event: string) => void warnings.push(event) };
  const read = createTenantReader<typeof transaction>(database, logger, () => nowMs);
  const isLimited = () => read('organisation', async (own) => own === transaction);
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { server, warnings, isLimited, pass };
}

describe('a tenant reader', () => {
  it('limits reads a minute after the role was created (I17)', async () => {
    const { server, isLimited, pass } = openServer();
    expect(await isLimited()).toBe(false);
    server.hasRole = true;
    pass(59_999);
    expect(await isLimited()).toBe(false);
    pass(1);
    expect(await isLimited()).toBe(true);
  });

  it('asks once a minute while the role is missing, and logs that once', async () => {
    const { server, warnings, isLimited, pass } = openServer();
    for (let minute = 0; minute < 3; minute += 1) {
      await isLimited();
      await isLimited();
      pass(60_000);
    }
    expect(server.asked).toBe(3);
    expect(warnings).toEqual(['row_level_security_inactive']);
  });

  it('asks never again once the role is there', async () => {
    const { server, isLimited, pass } = openServer();
    server.hasRole = true;
    await isLimited();
    pass(3_600_000);
    expect(await isLimited()).toBe(true);
    expect(server.asked).toBe(1);
  });

  it('reads nothing as the service if the database did not answer whether the role is there (I17)', async () => {
    const { server, isLimited } = openServer();
    server.isAway = true;
    await expect(isLimited()).rejects.toThrow('away');
    server.isAway = false;
    server.hasRole = true;
    expect(await isLimited()).toBe(true);
  });
});
