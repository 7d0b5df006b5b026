import {
  providerModelsMax,
  providersMax,
  type Rates,
  type RoutingSnapshot,
  rates,
  routesMax,
  snapshotModel,
  snapshotProvider,
  snapshotRoute,
} from '@aggregator/contracts';
import type { z } from 'zod';
import type { RegistryRows } from '../registry/read-registry.ts';

/** A snapshot before it has a version. */
export type SnapshotContent = Omit<RoutingSnapshot, 'version' | 'epoch'>;

export interface CompiledSnapshot {
  content: SnapshotContent;
  /** Entries that were left out, with the reason: `<path>: <reason>`. */
  problems: readonly string[];
}

type ProviderRow = RegistryRows['providers'][number];
type ModelRow = ProviderRow['models'][number];
type Provider = SnapshotContent['providers'][number];
type Route = SnapshotContent['routes'][number];

const problemsMax = 100;
const problemLengthMax = 500;

/**
 * The registry as proxies need it. One bad entry never costs the others: it is left out and reported. A model whose price
 * cannot be read stays without one, which means refused. The same registry always compiles to the same content, in any
 * order of its rows.
 */
export function compileSnapshot(rows: RegistryRows): CompiledSnapshot {
  const problems: string[] = [];
  const report = (path: string, reason: string): null => {
    if (problems.length < problemsMax) problems.push(`${path}: ${reason}`.slice(0, problemLengthMax));
    return null;
  };
  const prices = new Map<string, Rates>();
  const readRates = (version: string): Rates | null => {
    const parsed = rates.safeParse(rows.prices[version]);
    if (!parsed.success) return report(`prices.${version}`, reasonOf(parsed.error));
    prices.set(version, parsed.data);
    return parsed.data;
  };
  const providers = capped(rows.providers, providersMax, 'providers', report).flatMap(
    (row) => compileProvider(row, readRates, report) ?? [],
  );
  const modelsOf = new Map(providers.map(({ name, models }) => [name, new Set(models.map(({ id }) => id))]));
  const routes = capped(rows.routes, routesMax, 'routes', report).flatMap(
    (row) => compileRoute(row, modelsOf, report) ?? [],
  );
  return {
    content: {
      providers: providers.sort(by(({ name }) => name)),
      routes: routes.sort(by(({ name }) => name)),
      prices: Object.fromEntries([...prices].sort(by(([version]) => version))),
      ...(rows.priceRules.length > 0 && { priceRules: rows.priceRules }),
    },
    problems,
  };
}

type Report = (path: string, reason: string) => null;
/** The rates of a version, for the snapshot; null if they cannot be read. */
type ReadRates = (version: string) => Rates | null;

function compileProvider(row: ProviderRow, readRates: ReadRates, report: Report): Provider | null {
  const path = `providers.${row.name}`;
  const { name, type, baseUrl, credentialRefs, options, concurrencyMax } = row;
  // An earlier version, which may run beside this one, writes the environment's providers without saying so.
  const isAddressTrusted = row.source === 'environment' || row.isAddressTrusted === true;
  const fields = { name, type, baseUrl, isAddressTrusted, credentialRefs, options, concurrencyMax };
  const parsed = snapshotProvider.safeParse({ ...fields, models: [] });
  if (!parsed.success) return report(path, reasonOf(parsed.error));
  const models = capped(row.models, providerModelsMax, `${path}.models`, report).flatMap(
    (model) => compileModel(model, `${path}.models.${model.id}`, readRates, report) ?? [],
  );
  return { ...parsed.data, models: models.sort(by(({ id }) => id)) };
}

function compileModel(row: ModelRow, path: string, readRates: ReadRates, report: Report) {
  const { id, operations, contextLength, maxOutputTokens, capabilities, firstLifeMs, costVersion } = row;
  const limits = { contextLength, maxOutputTokens, firstLifeMs };
  const parsed = snapshotModel.safeParse({ id, operations, ...limits, capabilities, priceVersion: row.priceVersion });
  if (!parsed.success) return report(path, reasonOf(parsed.error));
  const { priceVersion } = parsed.data;
  if (priceVersion === null || readRates(priceVersion) === null) return { ...parsed.data, priceVersion: null };
  if (costVersion === null || costVersion === priceVersion || readRates(costVersion) === null) return parsed.data;
  return { ...parsed.data, costVersion };
}

function compileRoute(
  row: RegistryRows['routes'][number],
  modelsOf: ReadonlyMap<string, ReadonlySet<string>>,
  report: Report,
): Route | null {
  const path = `routes.${row.name}`;
  const { name, strategy, isSticky, resume, mayFailOverOnPolicy, candidates: named } = row;
  const parsed = snapshotRoute.safeParse({ name, strategy, isSticky, resume, mayFailOverOnPolicy, candidates: named });
  if (!parsed.success) return report(path, reasonOf(parsed.error));
  const candidates = parsed.data.candidates.filter(({ provider, model }) => {
    const isServed = modelsOf.get(provider)?.has(model) ?? false;
    if (!isServed) report(path, `candidate ${provider}/${model} is not in the registry`);
    return isServed;
  });
  return candidates.length === 0 ? report(path, 'has no candidate left') : { ...parsed.data, candidates };
}

function capped<Row>(rows: readonly Row[], max: number, path: string, report: Report): readonly Row[] {
  if (rows.length > max) report(path, `more than ${max}; the rest is left out`);
  return rows.slice(0, max);
}

function reasonOf(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'invalid' : `${issue.path.join('.')} ${issue.message}`.trim();
}

/** Order by code units, which no locale changes. */
function by<Item>(key: (item: Item) => string) {
  return (a: Item, b: Item): number => (key(a) < key(b) ? -1 : 1);
}
