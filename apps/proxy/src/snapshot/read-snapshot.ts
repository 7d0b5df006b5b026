import {
  type EntryProblem,
  modelCapability,
  operation,
  providerModelsMax,
  providersMax,
  type RoutingSnapshot,
  rates,
  routesMax,
  routingSnapshot,
  type SnapshotProvider,
  snapshotModel,
  snapshotProvider,
  snapshotRoute,
} from '@aggregator/contracts';
import { z } from 'zod';

/** What was offered: a snapshot that can be served, with what had to be left out of it, or none, with its number where it has one. */
export type OfferedSnapshot =
  | { readonly isGood: true; readonly snapshot: RoutingSnapshot; readonly problems: EntryProblem[] }
  | { readonly isGood: false; readonly number: SnapshotNumber | null; readonly problems: EntryProblem[] };

export type SnapshotNumber = Pick<RoutingSnapshot, 'epoch' | 'version'>;

type Report = (entry: string, error: z.ZodError | string) => null;

const problemsMax = 100;
const messageLengthMax = 500;
const entryLengthMax = 300;

const { epoch, version } = routingSnapshot.shape;
const numbered = z.object({ epoch, version });
const loose = numbered.extend({
  providers: z.array(z.unknown()).max(providersMax),
  routes: z.array(z.unknown()).max(routesMax),
  prices: z.record(z.string(), z.unknown()),
});
const named = z.object({ name: z.string() });
const identified = z.object({ id: z.string() });

/** Those of a list that this version knows: a model that can do something new can still do the rest. */
const knownOf = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(z.unknown()).transform((items) =>
    items.flatMap((item) => {
      const parsed = schema.safeParse(item);
      return parsed.success ? [parsed.data] : [];
    }),
  );

const looseModel = z.object({
  ...snapshotModel.shape,
  operations: knownOf(operation).pipe(snapshotModel.shape.operations),
  capabilities: knownOf(modelCapability),
});
const looseProvider = z.object({ ...snapshotProvider.shape, models: z.array(z.unknown()).max(providerModelsMax) });
const looseRoute = z.object({
  ...snapshotRoute.shape,
  candidates: z.array(z.object(snapshotRoute.shape.candidates.element.shape)).min(1).max(100),
});

/**
 * Takes a snapshot entry by entry: one that breaks the contract is left out and reported, the others are served. What an orchestrator
 * of a later version says beyond the contract is not looked at. A snapshot of which no provider can be read is none.
 */
export function readSnapshot(offered: unknown): OfferedSnapshot {
  const strict = routingSnapshot.safeParse(offered);
  if (strict.success) return { isGood: true, snapshot: strict.data, problems: [] };
  const problems: EntryProblem[] = [];
  const report: Report = (entry, error) => {
    const message = typeof error === 'string' ? error : reasonOf(error);
    if (problems.length < problemsMax)
      problems.push({ entry: entry.slice(0, entryLengthMax), message: message.slice(0, messageLengthMax) });
    return null;
  };
  const parsed = loose.safeParse(offered);
  if (!parsed.success) {
    report('snapshot', parsed.error);
    return { isGood: false, number: numbered.safeParse(offered).data ?? null, problems };
  }
  const { providers, routes, prices, ...number } = parsed.data;
  const readable = providers.flatMap((entry, index) => readProvider(entry, index, report) ?? []);
  if (readable.length === 0 && providers.length > 0) {
    report('snapshot', 'none of its providers can be read');
    return { isGood: false, number, problems };
  }
  const snapshot = {
    ...number,
    providers: readable,
    routes: routes.flatMap((entry, index) => readRoute(entry, index, report) ?? []),
    prices: readPrices(prices, report),
  };
  return { isGood: true, snapshot, problems };
}

function readProvider(entry: unknown, index: number, report: Report): SnapshotProvider | null {
  const path = `providers/${named.safeParse(entry).data?.name ?? `#${index}`}`;
  const parsed = looseProvider.safeParse(entry);
  if (!parsed.success) return report(path, parsed.error);
  const models = parsed.data.models.flatMap((model, at) => {
    const read = looseModel.safeParse(model);
    if (read.success) return [read.data];
    report(path, `models/${identified.safeParse(model).data?.id ?? `#${at}`}: ${reasonOf(read.error)}`);
    return [];
  });
  return { ...parsed.data, models };
}

function readRoute(entry: unknown, index: number, report: Report) {
  const parsed = looseRoute.safeParse(entry);
  return parsed.success
    ? parsed.data
    : report(`routes/${named.safeParse(entry).data?.name ?? `#${index}`}`, parsed.error);
}

/** A price that cannot be read exactly is left out whole: its models are then refused, never sold for less. */
function readPrices(prices: Readonly<Record<string, unknown>>, report: Report): RoutingSnapshot['prices'] {
  const readable = Object.entries(prices).flatMap(([name, price]) => {
    const parsed = rates.safeParse(price);
    if (parsed.success) return [[name, parsed.data] as const];
    report(`prices/${name}`, parsed.error);
    return [];
  });
  return Object.fromEntries(readable);
}

function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue === undefined ? 'invalid' : `${issue.path.map(String).join('.')}: ${issue.message}`;
}
