import type { DeclaredCredential } from '@aggregator/contracts';
import { type Clock, type KubernetesConnection, KubernetesError } from '@aggregator/kubernetes';
import type { SecretVersion } from '../watch/open-watches.ts';
import type { ObservedProvider } from '../watch/read-object.ts';
import { toCredentialId } from './credential-id.ts';
import { CredentialLedger, type KeyRead } from './credential-ledger.ts';
import { isUnknown, type KeyReading, tlsReading } from './key-reading.ts';
import { isFresh, type KnownSecret, readSecret, type SecretRead } from './secret-reader.ts';

/** One key of one provider, and the Secret that contains it: always in the provider's own namespace. */
interface Reference {
  readonly provider: ObservedProvider;
  readonly name: string;
  readonly namespace: string;
  readonly secretName: string;
  readonly secretKey: string;
}

export interface CredentialsRead {
  /** By the provider's uid, in the order of its spec. */
  readonly keys: ReadonlyMap<string, readonly KeyReading[]>;
  /** Credentials that the orchestrator does not have yet. Their values are dropped when they are handed over. */
  readonly toHandOver: readonly DeclaredCredential[];
}

interface ReaderOptions {
  readonly connection: KubernetesConnection;
  cached(namespace: string, name: string): SecretVersion | undefined;
  readonly clock: Clock;
  onUnreadable(secret: { namespace: string; name: string }, error: unknown): void;
}

const readsAtOnceMax = 16;

/** Reads the keys of providers out of Secrets, live and only where something is new. */
export class CredentialReader {
  readonly #options: ReaderOptions;
  readonly ledger = new CredentialLedger();
  #known = new Map<string, KnownSecret>();
  /** Secrets that the API server refused to show at the last reading. */
  #forbidden = new Set<string>();
  #referenced: ReadonlyMap<string, readonly Reference[]> = new Map();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** True if a change of this Secret is a change of what is declared. */
  isReferenced(namespace: string, name: string): boolean {
    return this.#referenced.has(`${namespace}/${name}`);
  }

  /** True if a Secret must be read again by time, because no watch reports its changes. */
  get hasUnwatched(): boolean {
    return [...this.#referenced.values()].some(([first]) => first !== undefined && this.#cachedOf(first) === undefined);
  }

  /** A Secret that cannot be read costs its own providers alone, and is tried again by the next call. */
  async read(providers: readonly ObservedProvider[], signal: AbortSignal): Promise<CredentialsRead> {
    const references = providers.flatMap(toReferences);
    this.#referenced = Map.groupBy(references, secretOf);
    const reads = await this.#readAll(signal);
    this.#known = new Map([...reads].map(([key, { known }]) => [key, known]));
    const readings = references.map((reference) => ({
      reference,
      reading: this.#toReading(reference, reads.get(secretOf(reference))?.known),
    }));
    this.ledger.take(readings.map(({ reference, reading }) => toKeyRead(reference, reading)));
    const toHandOver = readings.flatMap(({ reference, reading: { credentialId } }) => {
      const value = reads.get(secretOf(reference))?.values.get(reference.secretKey);
      if (credentialId === null || value === undefined || !('value' in value) || this.ledger.has(credentialId))
        return [];
      return [{ id: credentialId, provider: reference.provider.metadata.name, value: value.value }];
    });
    const byProvider = Map.groupBy(readings, ({ reference }) => reference.provider.metadata.uid);
    const keys = new Map([...byProvider].map(([uid, found]) => [uid, found.map(({ reading }) => reading)]));
    return { keys, toHandOver };
  }

  async #readAll(signal: AbortSignal): Promise<ReadonlyMap<string, SecretRead>> {
    const reads = new Map<string, SecretRead>();
    this.#forbidden.clear();
    const queue = [...this.#referenced];
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [key, references] = next;
        const read = await this.#read(key, references, signal);
        if (read !== null) reads.set(key, read);
      }
    };
    await Promise.all(Array.from({ length: readsAtOnceMax }, work));
    return reads;
  }

  async #read(key: string, references: readonly Reference[], signal: AbortSignal): Promise<SecretRead | null> {
    const [first] = references;
    if (first === undefined) return null;
    const { connection, clock, onUnreadable } = this.#options;
    const cached = this.#cachedOf(first);
    const known = this.#known.get(key);
    if (known !== undefined && isFresh(known, cached, clock.nowMs()) && this.#isEnough(known, references)) {
      return { known, values: new Map() };
    }
    const at = { namespace: first.namespace, name: first.secretName };
    const secretKeys = references.map(({ secretKey }) => secretKey);
    try {
      return await readSecret({ connection, at, cached, secretKeys, clock, signal });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof KubernetesError && error.status === 403) this.#forbidden.add(key);
      onUnreadable(at, error);
      return null;
    }
  }

  /** True if nothing of the Secret's content is needed: each key was judged, and the good ones were handed over. */
  #isEnough({ version, problems }: KnownSecret, references: readonly Reference[]): boolean {
    return references.every((reference) => {
      const problem = problems.get(reference.secretKey);
      if (version === null || problem === undefined) return version === null;
      return problem !== null || this.ledger.has(idOf(reference, version));
    });
  }

  #toReading(reference: Reference, known: KnownSecret | undefined): KeyReading {
    const { name, secretName, secretKey } = reference;
    const reading = { name, secretName, secretKey, isWatched: this.#cachedOf(reference) !== undefined };
    if (known === undefined) {
      const { credentialId = null, resourceVersion = null } = this.ledger.lastGood(keyOf(reference)) ?? {};
      const isForbidden = this.#forbidden.has(secretOf(reference));
      const problem = isForbidden ? 'SecretForbidden' : 'SecretUnreadable';
      return { ...reading, credentialId, resourceVersion, problem };
    }
    const { version, problems } = known;
    if (version === null) return { ...reading, resourceVersion: null, credentialId: null, problem: 'SecretNotFound' };
    const problem = problems.get(secretKey) ?? null;
    const credentialId = problem === null ? idOf(reference, version) : null;
    return { ...reading, resourceVersion: version.resourceVersion, credentialId, problem };
  }

  #cachedOf({ namespace, secretName }: Reference): SecretVersion | undefined {
    return this.#options.cached(namespace, secretName);
  }
}

function toReferences(provider: ObservedProvider): readonly Reference[] {
  const { namespace } = provider.metadata;
  const keys = (provider.spec?.credentials?.apiKeys ?? []).map(({ name, secretKeyRef }) => ({
    ...{ provider, name, namespace, secretName: secretKeyRef.name, secretKey: secretKeyRef.key },
  }));
  const tls = provider.spec?.endpoint?.tlsSecretRef;
  return tls === undefined ? keys : [...keys, { provider, namespace, ...tlsReading, secretName: tls.name }];
}

function toKeyRead(reference: Reference, { credentialId, resourceVersion, problem }: KeyReading): KeyRead {
  const key = keyOf(reference);
  if (isUnknown(problem)) return { key, good: undefined };
  const isGood = credentialId !== null && resourceVersion !== null;
  return { key, good: isGood ? { credentialId, resourceVersion } : null };
}

const secretOf = ({ namespace, secretName }: Reference) => `${namespace}/${secretName}`;

const keyOf = ({ provider, name, secretName, secretKey }: Reference) =>
  JSON.stringify([provider.metadata.uid, name, secretName, secretKey]);

function idOf(
  { provider, name }: Reference,
  { uid, resourceVersion }: { readonly uid: string; readonly resourceVersion: string },
): string {
  return toCredentialId({
    providerUid: provider.metadata.uid,
    keyName: name,
    secretUid: uid,
    secretResourceVersion: resourceVersion,
  });
}
