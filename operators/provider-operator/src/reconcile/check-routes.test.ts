import { describe, expect, it } from '@jest/globals';
import { gathered, sampleProvider, sampleRoute } from '../testing/samples.ts';
import type { ObservedProvider, ObservedRoute } from '../watch/read-object.ts';
import { checkRoutes } from './check-routes.ts';
import { checkProviders } from './checks.ts';

const labels: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'team-b': { tier: 'gold' }, 'team-c': {} };

function check(
  providers: readonly ObservedProvider[],
  routes: readonly ObservedRoute[],
  options: { refused?: readonly string[]; hasLabels?: boolean } = {},
) {
  const labelsOf = (namespace: string) => (options.hasLabels === false ? null : (labels[namespace] ?? null));
  const world = gathered(providers, routes, labelsOf);
  const isServed = ({ object }: { object: ObservedProvider }) => !options.refused?.includes(object.metadata.uid);
  return checkRoutes(world, checkProviders(world), isServed);
}

const across = (allowedRoutes: unknown, namespace = 'team-b') => {
  const provider = sampleProvider({ namespace: 'team-a', spec: { allowedRoutes } });
  const target = { providerRef: { name: 'mock', namespace: 'team-a' } };
  return { provider, route: sampleRoute({ namespace, spec: { targets: [target] } }) };
};

describe('a ModelRoute', () => {
  it('is declared by its model, with its targets', () => {
    const [verdict] = check([sampleProvider()], [sampleRoute({ name: 'any', spec: { model: 'gpt-4o' } })]);

    expect(verdict?.resolution.resolvedRefs.status).toBe('True');
    expect(verdict?.entry).toMatchObject({
      name: 'gpt-4o',
      route: { strategy: 'weighted', candidates: [{ provider: 'mock', model: 'gpt-4o', priority: 0, weight: 1 }] },
    });
  });

  it('leaves out what does not resolve, and serves with the rest', () => {
    const targets = [{ providerRef: { name: 'mock' } }, { providerRef: { name: 'gone' } }];
    const [verdict] = check([sampleProvider()], [sampleRoute({ spec: { targets } })]);

    expect(verdict?.resolution.resolvedRefs).toMatchObject({ status: 'False', reason: 'RefNotFound' });
    expect(verdict?.entry?.route.candidates).toHaveLength(1);
  });

  it('is not declared when no target is left', () => {
    const [verdict] = check([], [sampleRoute()]);

    expect(verdict).toMatchObject({ accepted: { status: 'True' }, entry: null });
  });

  it('names a candidate once, however often it is a target', () => {
    const targets = [{ providerRef: { name: 'mock' } }, { providerRef: { name: 'mock' }, weight: 5 }];
    const [verdict] = check([sampleProvider()], [sampleRoute({ spec: { targets } })]);

    expect(verdict?.entry?.route.candidates).toMatchObject([{ weight: 1 }]);
  });

  it.each([
    ['the default, Same', { from: 'Same' }, 'team-b', false],
    ['All', { from: 'All' }, 'team-b', true],
    [
      'a Selector that its namespace has the labels for',
      { from: 'Selector', selector: { matchLabels: { tier: 'gold' } } },
      'team-b',
      true,
    ],
    [
      'a Selector that its namespace lacks the labels for',
      { from: 'Selector', selector: { matchLabels: { tier: 'gold' } } },
      'team-c',
      false,
    ],
    [
      'a Selector without labels, which would admit everybody',
      { from: 'Selector', selector: { matchLabels: {} } },
      'team-b',
      false,
    ],
  ])('uses a provider of another namespace by %s', (_case, allowedRoutes, namespace, isAdmitted) => {
    const { provider, route } = across(allowedRoutes, namespace);
    const [verdict] = check([provider], [route]);

    expect(verdict?.resolution.resolvedRefs.status).toBe(isAdmitted ? 'True' : 'False');
    expect(verdict?.entry !== null).toBe(isAdmitted);
  });

  it('is not admitted by a Selector where labels of namespaces cannot be read', () => {
    const { provider, route } = across({ from: 'Selector', selector: { matchLabels: { tier: 'gold' } } });

    expect(check([provider], [route], { hasLabels: false })[0]?.entry).toBeNull();
  });

  it('gets the same message for a provider that does not exist and for one that it may not use', () => {
    const { provider, route } = across({ from: 'Same' });
    const [hidden] = check([provider], [route]);
    const [missing] = check([], [route]);

    expect(hidden?.resolution).toEqual(missing?.resolution);
    expect(hidden?.resolution.resolvedRefs.reason).toBe('RefNotPermitted');
  });

  it('never reaches the provider of another namespace that has the same name', () => {
    const theirs = sampleProvider({ namespace: 'team-b', createdAt: '2025-01-01T00:00:00Z' });
    const ours = sampleProvider({ namespace: 'team-a' });

    expect(check([theirs, ours], [sampleRoute({ namespace: 'team-a' })])[0]?.entry).toBeNull();
    expect(check([ours], [sampleRoute()], { refused: [ours.metadata.uid] })[0]?.entry).toBeNull();
  });

  it('leaves its model to an older one', () => {
    const younger = sampleRoute({ name: 'second', createdAt: '2026-01-02T00:00:00Z' });
    const older = sampleRoute({ name: 'first' });
    const [verdict] = check([sampleProvider()], [younger, older]);

    expect(verdict).toMatchObject({ accepted: { status: 'False', reason: 'DuplicateName' }, entry: null });
  });
});
