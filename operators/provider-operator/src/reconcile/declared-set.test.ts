import type { DeclaredProviderEntry } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { accepted, gathered, sampleProvider } from '../testing/samples.ts';
import { checkProviders } from './checks.ts';

function entryOf(name: string): DeclaredProviderEntry {
  const [verdict] = checkProviders(gathered([sampleProvider({ name })]));
  if (!verdict?.entry) throw new Error('no entry');
  return verdict.entry;
}

describe('what the orchestrator holds for us', () => {
  const [first, second] = [entryOf('first'), entryOf('second')];
  const known = accepted([first], { epoch: 1, version: 5 });
  const snapshotOf = (set: typeof known, { origin }: DeclaredProviderEntry) => set.answered.get(origin.uid)?.snapshot;

  it('has an entry that did not change at the snapshot that it came with', () => {
    const next = accepted([first, second], { epoch: 1, version: 6 }, known);

    expect(snapshotOf(next, first)).toEqual({ epoch: 1, version: 5 });
    expect(snapshotOf(next, second)).toEqual({ epoch: 1, version: 6 });
  });

  it('has one with another key at the snapshot that brought the key', () => {
    const rotated = { ...first, credentialIds: ['22222222-2222-8222-8222-222222222222'] };

    expect(snapshotOf(accepted([rotated], { epoch: 1, version: 6 }, known), first)).toMatchObject({ version: 6 });
  });

  it.each([
    ['went back', { epoch: 1, version: 4 }],
    ['began again', { epoch: 2, version: 1 }],
  ])('counts again when the orchestrator %s', (_case, snapshot) => {
    expect(snapshotOf(accepted([first], snapshot, known), first)).toEqual(snapshot);
  });
});
