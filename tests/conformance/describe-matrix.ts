import { waitFor } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from '../world/management-client.ts';
import { startWorld, type World } from '../world/start-world.ts';
import { type Incapability, incapabilities } from './incapabilities.ts';
import type { MatrixCase, MatrixRows } from './matrix-case.ts';
import { ObservedProvider } from './providers/observed-provider.ts';
import { type ProviderName, providerNames } from './providers/provider-name.ts';
import { type FakeProvider, providers } from './providers/providers.ts';
import { User } from './user.ts';

interface Column {
  readonly observed: ObservedProvider;
  readonly fake: FakeProvider;
}

/** Between the title of a case and why its provider cannot do it. `matrix-reporter.mjs` splits there. */
const declared = ' – ';
const postingTimeoutMs = 60_000;

/**
 * Every row in every column, over the whole product: six services, a database, and a fake for each provider. Each cell is a
 * test; a column ends with its accounts.
 */
export function describeMatrix(rows: readonly MatrixRows[]): void {
  const columns = new Map<ProviderName, Column>();
  let world: World;

  beforeAll(async () => {
    const environment: Record<string, string> = {};
    for (const name of providerNames) {
      const fake: FakeProvider = providers[name].create(() => observed.fault);
      const observed = new ObservedProvider(fake.listener);
      columns.set(name, { observed, fake });
      Object.assign(environment, providers[name].environment(await observed.start()));
    }
    world = await startWorld({ ...quiet, ...environment });
  });
  afterAll(async () => {
    await world?.destroy();
    await Promise.all([...columns.values()].map(({ observed }) => observed.close()));
  });

  describe.each(providerNames)('%s', (name) => {
    let user: User;
    let balanceBefore: bigint;

    beforeAll(async () => {
      const column = columns.get(name);
      if (column === undefined) throw new RangeError(`no provider ${name}`);
      user = new User({ ...world, ...column, name, subject: providers[name] });
      balanceBefore = await readBalance();
    });
    afterEach(() => {
      const column = columns.get(name);
      if (column !== undefined) column.observed.fault = null;
    });

    for (const { sdk, surface, cases, readRefusal } of rows) {
      describe(`${sdk} · ${surface}`, () => {
        for (const cell of cases) {
          const lack = cell.needs === undefined ? undefined : incapabilities[name][cell.needs];
          if (lack === undefined) it(cell.title, () => cell.run(user));
          else {
            const title = `${cell.title}${declared}${lack.fate}: ${lack.reason}`;
            it(title, () => expectDeclared(cell, lack, user, readRefusal));
          }
        }
      });
    }

    describe('accounts · all', () => {
      it('asked the provider for nothing that its API does not take', () => {
        expect(user.takeRefusals()).toEqual([]);
      });

      it('reported a cost with every answer', async () => {
        expect(await user.unpaid()).toEqual([]);
      });

      it('went down by what the answers reported, to the nano-USD', async () => {
        const reported = await user.reportedNanoUsd();
        let spent = -1n;
        await waitFor(
          async () => {
            spent = balanceBefore - (await readBalance());
            return spent >= reported;
          },
          { timeoutMs: postingTimeoutMs, describe: () => `${reported} nano-USD to be posted, not ${spent}` },
        );

        expect(spent).toBe(reported);
        expect(reported).toBeGreaterThan(0n);
      });
    });

    async function readBalance(): Promise<bigint> {
      const { balanceNanoUsd } = await createManagementClient(world.baseUrl, world.apiKey).balance();
      return BigInt(balanceNanoUsd);
    }
  });
}

/** Only the users call the providers: probes are off. A failed call gets one retry. */
const quiet = { PROVIDER_PROBE_INTERVAL_MS: '0', MAX_RETRIES: '1', RETRY_DELAY_MS: '1' };

/** The caller is notified of what a provider cannot do: nothing is left out in silence. */
async function expectDeclared(
  cell: MatrixCase,
  lack: Incapability,
  user: User,
  readRefusal: MatrixRows['readRefusal'],
): Promise<void> {
  if (lack.fate === 'dropped') {
    await cell.run(user);
    expect(user.droppedParams).toContain(cell.asks);
    return;
  }
  const thrown = await cell.run(user).then(
    () => null,
    (error: unknown) => error,
  );
  const expected = {
    refused: { name: 'bad-request', code: 'unsupported_parameter', param: cell.asks },
    rejected: { name: 'bad-request', code: 'upstream_rejected' },
    'not-served': { name: 'not-found', code: 'model_not_found', param: 'model' },
  }[lack.fate];
  const refusal = readRefusal(thrown);
  if (refusal === null) throw thrown ?? new Error('It was answered as if nothing were missing.');
  expect(refusal).toMatchObject(expected);
  // It was the provider that did not take it.
  if (lack.fate === 'rejected') expect(user.takeRefusals()).toHaveLength(1);
}
