import { type MockProviderServer, startMockProviderServer } from '@aggregator/mock-provider';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { compareLedgers } from './compare-ledgers.ts';
import { createManagementClient } from './management-client.ts';
import { runMixedLoad } from './mixed-load.ts';
import { startWorld, type World } from './start-world.ts';

const requests = 1000;
const seed = 20_261_121;

describe('a thousand requests over fifty connections', () => {
  let provider: MockProviderServer;
  let world: World;
  beforeAll(async () => {
    provider = await startMockProviderServer({ port: 0, chunkDelayMs: 2, wordsPerAnswer: 20 });
    world = await startWorld({ MOCK_BASE_URL: provider.url });
  });
  afterAll(async () => {
    await world.destroy();
    await provider.close();
  });

  it("leaves the provider's ledger and ours equal on every request and every nano-USD, and nothing open (I1)", async () => {
    const seen = await runMixedLoad({ baseUrl: world.baseUrl, apiKey: world.apiKey, requests, connections: 50, seed });
    const management = createManagementClient(world.baseUrl, world.apiKey);

    await waitFor(
      async () => {
        const transactions = await management.transactions();
        return (
          (await management.balance()).heldNanoUsd === '0' &&
          compareLedgers(provider.ledger.records(), transactions).length === 0
        );
      },
      { describe: () => `the ledgers to agree (seed ${seed})` },
    );
    const transactions = await management.transactions();
    const charged = transactions.filter((row) => row.type === 'charge');

    expect(compareLedgers(provider.ledger.records(), transactions)).toEqual([]);
    expect(provider.ledger.records().filter((record) => record.state === 'open')).toEqual([]);
    expect(countKinds(seen.map((one) => one.kind))).toMatchObject({
      plain: expect.any(Number),
      aborted: expect.any(Number),
    });
    expect(
      seen
        .filter(({ kind }) => kind === 'plain' || kind === 'stream')
        .filter((one) => one.status !== 200 || !one.isWhole),
    ).toEqual([]);
    // Clients are charged what their answers reported.
    const amounts = new Map(charged.map((row) => [row.requestId, row.amountNanoUsd]));
    const reported = seen.filter((one) => one.costNanoUsd !== null);
    expect(reported.length).toBeGreaterThan(300);
    expect(reported.filter((one) => amounts.get(one.requestId ?? '') !== `-${one.costNanoUsd}`)).toEqual([]);
    // Refused means that no provider was called.
    const refused = new Set(seen.filter((one) => one.kind === 'refused').map((one) => one.requestId));
    expect(provider.ledger.records().filter((record) => refused.has(record.attemptId.split('/')[0] ?? ''))).toEqual([]);
    // Analytics says the same sum (I23), and the balance is what was there less what was charged.
    const total = charged.reduce((sum, row) => sum - BigInt(row.amountNanoUsd), 0n);
    await waitFor(async () => (await management.dashboard()).totals.costNanoUsd === String(total), {
      describe: () => `analytics to say ${total}`,
    });
    expect((await management.balance()).balanceNanoUsd).toBe(String(100_000_000_000n - total));
  }, 240_000);
});

function countKinds(kinds: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(kinds, (kind) => kind)].map(([kind, same]) => [kind, same.length]));
}
