import { waitFor } from '@aggregator/testing';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { HealthBook } from './health-book.ts';
import type { ProbeTarget } from './probe-provider.ts';
import { ProviderProber } from './prober.ts';

type Options = ConstructorParameters<typeof ProviderProber>[0];

describe('the prober', () => {
  const dispatcher = new Agent();
  let prober: ProviderProber | null = null;
  afterEach(() => prober?.close());
  afterAll(() => dispatcher.close());

  const target = (name: string, facts = ''): ProbeTarget => ({
    ...{ name, facts, type: 'Mock', baseUrl: 'http://127.0.0.1:1/v1', options: {}, secrets: [null], dispatcher },
  });

  function start(options: Partial<Options>): { book: HealthBook; changes: string[]; passes: () => number } {
    const book = new HealthBook();
    const changes: string[] = [];
    let passes = 0;
    prober = new ProviderProber({
      intervalMs: 5,
      concurrencyMax: 2,
      listTargets: async () => [target('a')],
      probe: async () => null,
      book,
      now: () => 1000,
      random: () => 0.5,
      onChange: (name, { state }) => changes.push(`${name} ${state}`),
      onPass: () => {
        passes += 1;
      },
      onFailure: () => undefined,
      ...options,
    });
    prober.start();
    return { book, changes, passes: () => passes };
  }

  it('probes repeatedly, and reports each change once', async () => {
    let isDown = true;
    const { book, changes } = start({ probe: async () => (isDown ? 'upstream_unreachable' : null) });

    await waitFor(() => book.unhealthy.length === 1, { describe: 'three failures' });
    isDown = false;
    await waitFor(() => book.unhealthy.length === 0, { describe: 'a success' });
    expect(changes).toEqual(['a unhealthy', 'a healthy']);
  });

  it('never runs more probes at once than it may, nor two passes', async () => {
    let running = 0;
    let most = 0;
    const seen: string[] = [];
    const { passes } = start({
      listTargets: async () => ['a', 'b', 'c', 'd', 'e'].map((name) => target(name)),
      probe: async ({ name }) => {
        running += 1;
        most = Math.max(most, running);
        seen.push(name);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return null;
      },
    });

    await waitFor(() => passes() >= 2, { describe: 'two passes' });
    expect(most).toBe(2);
    expect(seen.slice(0, 5).sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('continues after the targets could not be listed, and forgets no provider meanwhile', async () => {
    let lists = 0;
    const failures: unknown[] = [];
    const { book, passes } = start({
      listTargets: async () => {
        lists += 1;
        if (lists === 2) throw new Error('database away');
        return [target('a')];
      },
      onFailure: (error) => failures.push(error),
    });

    await waitFor(() => passes() >= 2, { describe: 'a pass after the failure' });
    expect(failures).toHaveLength(1);
    expect(book.read('a').state).toBe('healthy');
  });

  it('probes a changed provider at once, and no other one', async () => {
    const facts: Record<string, string> = { a: 'old', b: 'old' };
    const seen: string[] = [];
    const { passes } = start({
      intervalMs: 3_600_000,
      listTargets: async (isWanted) =>
        Object.entries(facts)
          .map(([name, fact]) => target(name, fact))
          .filter(isWanted),
      async probe({ name }) {
        seen.push(name);
        return null;
      },
    });
    await waitFor(() => passes() === 1, { describe: 'the first pass' });

    facts.a = 'new';
    prober?.noteChange();
    prober?.noteChange();
    await waitFor(() => passes() === 2, { describe: 'a pass after the change' });

    expect(seen).toEqual(['a', 'b', 'a']);
  });

  it('holds nothing against one that has changed', async () => {
    let facts = 'old';
    const { book, changes } = start({
      listTargets: async () => [target('a', facts)],
      probe: async () => 'upstream_misconfigured (401)',
    });
    await waitFor(() => book.unhealthy.length === 1, { describe: 'three failures' });

    facts = 'new';

    await waitFor(() => changes.length === 2, { describe: 'three failures more' });
    expect(changes).toEqual(['a unhealthy', 'a unhealthy']);
  });

  it('never probes at an interval of 0, and not after it was closed', async () => {
    let probes = 0;
    const probe = async () => {
      probes += 1;
      return null;
    };
    start({ intervalMs: 0, probe });
    const other = start({ probe });
    await waitFor(() => other.passes() > 0, { describe: 'a pass of the other' });
    await prober?.close();
    const before = probes;

    expect(before).toBe(other.passes());
    await new Promise((resolve) => setImmediate(resolve));
    expect(probes).toBe(before);
  });
});
