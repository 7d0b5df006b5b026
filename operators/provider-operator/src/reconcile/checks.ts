import { type DeclaredProviderEntry, type ProviderSpec, providerName, providersMax } from '@aggregator/contracts';
import { conditionFalse, conditionTrue, type Judgement } from '../status/judgement.ts';
import type { ObservedProvider } from '../watch/read-object.ts';
import { type Compiled, compileProvider } from './compile.ts';
import type { Gathered, GatheredProvider } from './gathered.ts';
import { type KeyReading, sortReadings } from './key-reading.ts';
import { bySeniority, nameHolders } from './seniority.ts';

/** Why a provider takes no new request although nothing is wrong with it. */
export type Standstill = 'Deleted' | 'Draining' | 'Disabled';

/** What we ourselves think of one provider. The orchestrator may still refuse it. */
export interface ProviderVerdict {
  readonly object: ObservedProvider;
  readonly keys: readonly KeyReading[];
  readonly accepted: Judgement;
  readonly pauseReason: Standstill | null;
  /** What is declared of it; null for what takes no new request. */
  readonly entry: DeclaredProviderEntry | null;
}

/** Bounds of one declaration. */

interface Surroundings {
  /** Uid of the holder of each name. */
  readonly holders: ReadonlyMap<string, { readonly uid: string; readonly namespace: string }>;
  readonly isWithinBound: (uid: string) => boolean;
}

type Check = (provider: GatheredProvider, surroundings: Surroundings) => Judgement | null;

/** In this order; the first check that fails is reported. */
const checks: readonly Check[] = [
  ({ object }) => (object.spec === null ? conditionFalse('InvalidSpec', object.fault) : null),
  ({ object }) =>
    providerName.safeParse(object.metadata.name).success
      ? null
      : conditionFalse(
          'InvalidSpec',
          'metadata.name: at most 63 lower-case letters, digits and hyphens, without a dot',
        ),
  ({ object }) =>
    object.spec?.endpoint?.baseURL.startsWith('http://') && object.spec.endpoint.tls !== 'Disabled'
      ? conditionFalse('InvalidSpec', 'spec.endpoint: plain http needs tls: Disabled')
      : null,
  ({ object: { metadata } }, { holders }) => {
    const holder = holders.get(metadata.name);
    return holder === undefined || holder.uid === metadata.uid
      ? null
      : conditionFalse('DuplicateName', `An older Provider of the namespace '${holder.namespace}' has this name.`);
  },
  ({ object }, { isWithinBound }) =>
    isWithinBound(object.metadata.uid)
      ? null
      : conditionFalse(
          'TooManyProviders',
          `There are more than ${providersMax} Providers, and this one is among the youngest.`,
        ),
];

/** Pure: the same objects get the same verdicts in any order, and one bad object affects no other. */
export function checkProviders({ providers }: Gathered): readonly ProviderVerdict[] {
  const standing = providers.filter(({ object }) => object.metadata.deletionTimestamp === undefined);
  const holders = nameHolders(standing, ({ object: { metadata } }) => ({ name: metadata.name, metadata }));
  const oldest = new Set(
    [...holders.values()]
      .sort(bySeniority)
      .slice(0, providersMax)
      .map(({ uid }) => uid),
  );
  const surroundings = { holders, isWithinBound: (uid: string) => oldest.has(uid) };
  return providers.map((provider) => checkProvider(provider, surroundings));
}

function checkProvider(provider: GatheredProvider, surroundings: Surroundings): ProviderVerdict {
  const { object, keys } = provider;
  const pauseReason = toStandstill(object);
  if (pauseReason === 'Deleted') {
    return { object, keys, accepted: conditionTrue('Accepted', 'It is being deleted.'), pauseReason, entry: null };
  }
  const objection = firstObjection(provider, surroundings);
  if (objection !== null) return { object, keys, accepted: objection, pauseReason, entry: null };
  const compiled = compile(provider);
  if (compiled.fault !== undefined) {
    return { object, keys, accepted: conditionFalse('InvalidSpec', compiled.fault), pauseReason, entry: null };
  }
  const isDeclared = pauseReason === null && hasWhatItNeeds(object.spec, keys);
  const accepted = conditionTrue('Accepted', 'It is valid, and its name is its own.');
  return { object, keys, accepted, pauseReason, entry: isDeclared ? compiled.entry : null };
}

function firstObjection(provider: GatheredProvider, surroundings: Surroundings): Judgement | null {
  for (const check of checks) {
    const objection = check(provider, surroundings);
    if (objection !== null) return objection;
  }
  return null;
}

function toStandstill({ metadata, spec }: ObservedProvider): Standstill | null {
  if (metadata.deletionTimestamp !== undefined) return 'Deleted';
  return spec === null || spec.state === 'Enabled' ? null : spec.state;
}

/** One that names keys needs a good one, and its certificates: without them, each of its requests would be refused. */
function hasWhatItNeeds(spec: ProviderSpec | null, keys: readonly KeyReading[]): boolean {
  const isGood = ({ credentialId }: KeyReading) => credentialId !== null;
  const { apiKeys, tls } = sortReadings(keys);
  return (spec?.credentials === undefined || apiKeys.some(isGood)) && (tls === null || isGood(tls));
}

function compile({ object: { metadata, spec }, keys }: GatheredProvider): Compiled<DeclaredProviderEntry> {
  if (spec === null) return { fault: 'spec: missing' };
  const { apiKeys, tls } = sortReadings(keys);
  const ids = apiKeys.flatMap(({ credentialId }) => credentialId ?? []);
  return compileProvider(metadata, spec, ids, tls?.credentialId ?? null);
}
