import { randomUUID } from 'node:crypto';
import type { ResourceKind } from '../port.ts';
import { apiVersionOf } from '../resource-path.ts';
import { isJson, type Json } from './apply-patch.ts';

export interface FakeObject extends Json {
  metadata: Json & { name: string; namespace?: string; uid: string; resourceVersion: string };
}

/** One change, as watches see it; `before` is missing if the object is new. */
export interface Change {
  readonly revision: number;
  readonly kindId: string;
  readonly before: FakeObject | undefined;
  readonly after: FakeObject | undefined;
}

export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const changesMax = 20_000;

export const kindIdOf = (kind: Pick<ResourceKind, 'group' | 'plural'>) => `${kind.group}/${kind.plural}`;

/**
 * Objects with the API server's manners: revisions, uids, generations, finalizers, and refusal of what is out of date.
 */
export class FakeObjects {
  readonly #objects = new Map<string, FakeObject>();
  readonly #applied = new Map<string, Json>();
  readonly changes: Change[] = [];
  onChange: (change: Change) => void = () => undefined;
  revision = 100;
  /** Changes up to here are forgotten. */
  compactedRevision = 100;

  find(kind: ResourceKind, namespace: string, name: string): FakeObject | undefined {
    return this.#objects.get(`${kindIdOf(kind)}/${namespace}/${name}`);
  }

  get(kind: ResourceKind, namespace: string, name: string): FakeObject {
    const found = this.find(kind, namespace, name);
    if (found === undefined) throw new Refusal(404, 'NotFound', `${kind.plural} "${name}" not found`);
    return found;
  }

  list(kind: ResourceKind, namespace: string | undefined): FakeObject[] {
    const prefix = `${kindIdOf(kind)}/${namespace === undefined ? '' : `${namespace}/`}`;
    return [...this.#objects].filter(([id]) => id.startsWith(prefix)).map(([, object]) => object);
  }

  create(kind: ResourceKind, object: unknown): FakeObject {
    const wanted = isJson(object) ? object : {};
    const metadata = isJson(wanted.metadata) ? wanted.metadata : {};
    const name =
      typeof metadata.name === 'string' ? metadata.name : `${metadata.generateName ?? ''}${randomUUID().slice(0, 5)}`;
    const namespace = typeof metadata.namespace === 'string' ? metadata.namespace : undefined;
    if (this.find(kind, namespace ?? '', name) !== undefined) {
      throw new Refusal(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`);
    }
    const { status: _, ...rest } = wanted;
    const created: FakeObject = {
      ...(hasStatus(kind) ? rest : wanted),
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        managedFields: [{ manager: 'fake', operation: 'Update', fieldsV1: {} }],
        ...metadata,
        name,
        ...(namespace === undefined ? {} : { namespace }),
        uid: randomUUID(),
        creationTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
        ...(hasStatus(kind) ? { generation: 1 } : {}),
        resourceVersion: '',
      },
    };
    return this.#store(kind, undefined, created);
  }

  /** Takes `next` for the object; of it, only `status` for that subresource, and all but `status` otherwise. */
  update(kind: ResourceKind, current: FakeObject, next: Json, subresource?: string): FakeObject {
    const metadata = isJson(next.metadata) ? next.metadata : {};
    // As the real one: of a status, only the version is compared.
    refuseOther(kind, current, subresource === 'status' ? { resourceVersion: metadata.resourceVersion } : metadata);
    const fixed = {
      uid: current.metadata.uid,
      resourceVersion: current.metadata.resourceVersion,
      generation: current.metadata.generation,
      deletionTimestamp: current.metadata.deletionTimestamp,
    };
    let updated: FakeObject;
    if (subresource === 'status') updated = { ...current, status: next.status };
    else {
      updated = { ...next, metadata: { ...current.metadata, ...metadata, ...fixed } } as FakeObject;
      if (hasStatus(kind)) updated.status = current.status;
      for (const key of Object.keys(current.metadata)) {
        if (!(key in metadata) && ['labels', 'annotations', 'finalizers', 'ownerReferences'].includes(key))
          delete updated.metadata[key];
      }
    }
    if (isSame(updated, current)) return current;
    if (hasStatus(kind) && !isSame(updated.spec, current.spec)) {
      updated.metadata = { ...updated.metadata, generation: Number(current.metadata.generation) + 1 };
    }
    if (updated.metadata.deletionTimestamp !== undefined && finalizersOf(updated).length === 0)
      return this.#erase(kind, updated);
    return this.#store(kind, current, updated);
  }

  /**
   * Returns the fields that a manager applied last to this object, or subresource; remembers those that it applies now.
   */
  exchangeApplied(id: string, applied: Json): Json | undefined {
    const before = this.#applied.get(id);
    this.#applied.set(id, applied);
    return before;
  }

  remove(kind: ResourceKind, namespace: string, name: string, preconditions: Json = {}): FakeObject {
    const current = this.get(kind, namespace, name);
    refuseOther(kind, current, preconditions);
    if (finalizersOf(current).length === 0) return this.#erase(kind, current);
    if (current.metadata.deletionTimestamp !== undefined) return current;
    const deletionTimestamp = new Date().toISOString().replace(/\.\d+/, '');
    return this.#store(kind, current, { ...current, metadata: { ...current.metadata, deletionTimestamp } });
  }

  #erase(kind: ResourceKind, current: FakeObject): FakeObject {
    this.revision += 1;
    const { name, namespace = '' } = current.metadata;
    const last = { ...current, metadata: { ...current.metadata, resourceVersion: String(this.revision) } };
    this.#objects.delete(`${kindIdOf(kind)}/${namespace}/${name}`);
    this.#note({ revision: this.revision, kindId: kindIdOf(kind), before: last, after: undefined });
    return last;
  }

  #store(kind: ResourceKind, before: FakeObject | undefined, object: FakeObject): FakeObject {
    this.revision += 1;
    const stored = structuredClone({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.revision) },
    });
    const { name, namespace = '' } = stored.metadata;
    this.#objects.set(`${kindIdOf(kind)}/${namespace}/${name}`, stored);
    this.#note({ revision: this.revision, kindId: kindIdOf(kind), before, after: stored });
    return stored;
  }

  #note(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > changesMax) this.compactedRevision = this.changes.shift()?.revision ?? 0;
    this.onChange(change);
  }

  compact(): void {
    this.compactedRevision = this.revision;
    this.changes.length = 0;
  }
}

/**
 * Custom resources have a status of their own here, and a generation; the built-in ones that are faked have neither.
 */
export function hasStatus(kind: ResourceKind): boolean {
  return kind.group.includes('.') && !kind.group.endsWith('.k8s.io');
}

function refuseOther(kind: ResourceKind, current: FakeObject, wanted: Json): void {
  for (const field of ['uid', 'resourceVersion'] as const) {
    const value = wanted[field];
    if (value === undefined || value === '' || value === current.metadata[field]) continue;
    throw new Refusal(409, 'Conflict', `${kind.plural} "${current.metadata.name}" has been modified (${field})`);
  }
}

function finalizersOf(object: FakeObject): unknown[] {
  return Array.isArray(object.metadata.finalizers) ? object.metadata.finalizers : [];
}

function isSame(one: unknown, other: unknown): boolean {
  return sorted(one) === sorted(other);
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    isJson(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
