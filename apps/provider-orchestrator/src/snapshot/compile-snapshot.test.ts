import { routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { RegistryRows } from '../registry/read-registry.ts';
import { compileSnapshot } from './compile-snapshot.ts';

type ProviderRow = RegistryRows['providers'][number];
type ModelRow = ProviderRow['models'][number];
const createdAt = new Date(0);

function model(id: string, changes: Partial<ModelRow> = {}): ModelRow {
  const version = `p/${id}@1`;
  return {
    providerName: 'p',
    id,
    operations: ['chat.completions'],
    contextLength: 1000,
    maxOutputTokens: 100,
    capabilities: [],
    firstLifeMs: null,
    priceVersion: version,
    costVersion: version,
    ...changes,
  };
}

function provider(name: string, changes: Partial<ProviderRow> = {}): ProviderRow {
  return {
    name,
    type: 'OpenAI',
    baseUrl: 'https://api.example.com/v1',
    credentialRefs: ['env:OPENAI_API_KEY'],
    options: {},
    concurrencyMax: null,
    enabled: true,
    source: 'environment',
    isAddressTrusted: true,
    createdAt,
    models: [model('m')],
    ...changes,
  };
}

const rates = { inputUncached: '1', outputText: '2' };

/** Rows with a price for each version that a model names. */
function rowsOf(rows: Pick<RegistryRows, 'providers' | 'routes'>, more: Partial<RegistryRows> = {}): RegistryRows {
  const models = rows.providers.flatMap((one) => one.models);
  const versions = models.flatMap(({ priceVersion, costVersion }) => [priceVersion ?? [], costVersion ?? []].flat());
  return { ...rows, priceRules: [], prices: Object.fromEntries(versions.map((version) => [version, rates])), ...more };
}

const settings = { strategy: 'weighted', isSticky: false, resume: 'verified', mayFailOverOnPolicy: false };

const route = (name: string, targets: string[]) => ({
  name,
  ...settings,
  candidates: targets.map((target) => {
    const [providerName = '', modelName = ''] = target.split('/');
    return { provider: providerName, model: modelName, priority: 0, weight: 1 };
  }),
});

const stored = (declared: ReturnType<typeof route>) => ({ ...declared, createdAt });

describe('the compiled snapshot', () => {
  it('is one that proxies accept', () => {
    const free = model('free', { priceVersion: null, costVersion: null });
    const { content, problems } = compileSnapshot(
      rowsOf({
        providers: [provider('p', { models: [model('m'), free] })],
        routes: [stored(route('fast', ['p/m']))],
      }),
    );

    expect(problems).toEqual([]);
    expect(routingSnapshot.parse({ ...content, version: 1, epoch: 1 })).toEqual({ ...content, version: 1, epoch: 1 });
    expect(content.prices).toEqual({ 'p/m@1': { inputUncached: '1', outputText: '2' } });
    expect(content.providers[0]?.models.map(({ priceVersion }) => priceVersion)).toEqual([null, 'p/m@1']);
  });

  it('leaves out what is bad, says why, and keeps the rest', () => {
    const rows = rowsOf({
      providers: [
        provider('good', { models: [model('m'), model('broken', { operations: ['paint'] })] }),
        provider('Bad Name'),
        provider('no-url', { baseUrl: 'file:///etc/passwd' }),
        provider('later', { type: 'Oracle' }),
        provider('leak', { credentialRefs: ['sk-canary'] }),
      ],
      routes: [
        stored(route('half', ['good/m', 'good/gone'])),
        stored(route('empty', ['later/m'])),
        { ...stored(route('odd', [])), candidates: 'x' },
      ],
    });
    const { content, problems } = compileSnapshot(rows);

    expect(content.providers.map(({ name, models }) => [name, models.map(({ id }) => id)])).toEqual([['good', ['m']]]);
    expect(content.routes).toEqual([route('half', ['good/m'])]);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'providers.good.models.broken',
      'providers.Bad Name',
      'providers.no-url',
      'providers.later',
      'providers.leak',
      'routes.half',
      'routes.empty',
      'routes.empty',
      'routes.odd',
    ]);
    expect(JSON.stringify({ content, problems })).not.toContain('canary');
  });

  it('keeps a model whose price cannot be read, without a price', () => {
    const prices = { 'p/m@1': { inputUncached: '0.5' } };
    const { content, problems } = compileSnapshot(rowsOf({ providers: [provider('p')], routes: [] }, { prices }));

    expect(content.providers[0]?.models).toMatchObject([{ id: 'm', priceVersion: null }]);
    expect(content.prices).toEqual({});
    expect(problems).toHaveLength(1);
  });

  it('names what the provider charges beside what customers pay, and the rules that hold', () => {
    const dear = model('m', { priceVersion: 'dear', costVersion: 'cheap' });
    const priceRules = [{ models: '*', multiplierPpm: 1_100_000 }];
    const rows = rowsOf({ providers: [provider('p', { models: [dear] })], routes: [] }, { priceRules });
    const { content, problems } = compileSnapshot(rows);

    expect(problems).toEqual([]);
    expect(content.providers[0]?.models).toMatchObject([{ priceVersion: 'dear', costVersion: 'cheap' }]);
    expect(Object.keys(content.prices)).toEqual(['cheap', 'dear']);
    expect(routingSnapshot.parse({ ...content, version: 1, epoch: 1 }).priceRules).toEqual(priceRules);
  });

  it('is the same for the same registry in another order', () => {
    const providers = ['b', 'a', 'c'].map((name) => provider(name, { models: [model('y'), model('x')] }));
    const routes = [stored(route('two', ['b/x'])), stored(route('one', ['a/y']))];
    const turned = { providers: [...providers].reverse(), routes: [...routes].reverse() };

    const compiled = JSON.stringify(compileSnapshot(rowsOf({ providers, routes })));
    expect(JSON.stringify(compileSnapshot(rowsOf(turned)))).toBe(compiled);
  });

  it('never reports more than a bounded number of problems', () => {
    const providers = Array.from({ length: 600 }, (_, index) => provider(`p${index}`, { type: 'X'.repeat(2000) }));
    const { problems } = compileSnapshot(rowsOf({ providers, routes: [] }));

    expect(problems).toHaveLength(100);
    expect(Math.max(...problems.map(({ length }) => length))).toBeLessThanOrEqual(500);
  });
});
