import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSnapshot } from '../testing/start-world.ts';
import { readSnapshot } from './read-snapshot.ts';

const good = toSnapshot('http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1');
const route = {
  ...{ name: 'r', strategy: 'weighted', isSticky: false, resume: 'verified', mayFailOverOnPolicy: false },
  candidates: [{ provider: 'mock', model: 'mock-small', priority: 0, weight: 1 }],
};
const served = (offered: unknown) => {
  const read = readSnapshot(offered);
  if (!read.isGood) throw new Error(JSON.stringify(read.problems));
  return read;
};
const [first, ...others] = good.providers;

describe('a snapshot as it is read', () => {
  it('is taken whole where all of it fits', () => {
    expect(served(good)).toEqual({ isGood: true, snapshot: good, problems: [] });
  });

  it('costs a provider, a route or a price that breaks the contract, and nothing else', () => {
    const { snapshot, problems } = served({
      ...good,
      providers: [{ ...first, type: 'Oracle' }, ...others],
      routes: [route, { ...route, name: 'cheap', strategy: 'by-mood' }],
      prices: { ...good.prices, dear: { inputUncached: 'much' } },
    });

    expect(snapshot).toEqual({ ...good, providers: others, routes: [route] });
    expect(problems.map(({ entry }) => entry)).toEqual(['providers/mock', 'routes/cheap', 'prices/dear']);
  });

  it('does not look at fields that a later version says, wherever they stand', () => {
    const later = {
      ...good,
      regions: [],
      providers: good.providers.map((provider) => ({
        ...provider,
        region: 'eu',
        models: provider.models.map((model) => ({ ...model, mood: 'fine' })),
      })),
      routes: [{ ...route, colour: 'red', candidates: route.candidates.map((one) => ({ ...one, share: 1 })) }],
    };

    expect(served(later)).toEqual({ isGood: true, snapshot: { ...good, routes: [route] }, problems: [] });
  });

  it('keeps a model for what is known of it, and leaves out one of which nothing is', () => {
    const [model] = first?.models ?? [];
    const models = [
      { ...model, id: 'sings', capabilities: ['tools', 'singing'], operations: ['chat.completions', 'songs'] },
      { ...model, id: 'only-sings', operations: ['songs'] },
      model,
    ];
    const { snapshot, problems } = served({ ...good, providers: [{ ...first, models }] });

    expect(snapshot.providers[0]?.models).toEqual([
      { ...model, id: 'sings', capabilities: ['tools'], operations: ['chat.completions'] },
      model,
    ]);
    expect(problems).toEqual([{ entry: 'providers/mock', message: expect.stringMatching(/^models\/only-sings: /) }]);
  });

  it('leaves a price out that has what is not known, so that its models are refused and not sold for less', () => {
    const [version = ''] = Object.keys(good.prices);
    const { snapshot } = served({
      ...good,
      prices: { ...good.prices, [version]: { inputUncached: '1', videoIn: '9' } },
    });

    expect(snapshot.prices[version]).toBeUndefined();
  });

  it('is refused if it has no shape, or no provider in it can be read: a bad one never empties what is served', () => {
    expect(readSnapshot(null)).toMatchObject({ isGood: false, number: null });
    expect(readSnapshot({ ...good, routes: 7 })).toMatchObject({ isGood: false, number: { epoch: 1, version: 1 } });
    expect(readSnapshot({ ...good, providers: [{}, 'x'] })).toMatchObject({ isGood: false, number: { version: 1 } });
    expect(readSnapshot({ ...good, providers: [] })).toMatchObject({ isGood: true });
  });

  it('is read or refused and never throws for any input', () => {
    const entry = fc.oneof(fc.anything(), fc.constantFrom<unknown>(first, route));
    const offered = fc.record({
      epoch: fc.oneof(fc.constant(1), fc.anything()),
      version: fc.constant(2),
      providers: fc.oneof(fc.array(entry), fc.anything()),
      routes: fc.array(entry),
      prices: fc.dictionary(fc.string(), fc.anything()),
    });
    fc.assert(
      fc.property(offered, (one) => {
        const { problems } = readSnapshot(one);
        expect(problems.length).toBeLessThanOrEqual(100);
        expect(problems.every(({ message, entry: name }) => message.length <= 500 && name.length <= 300)).toBe(true);
      }),
    );
  });
});
