import type { ResourceKey } from '../port.ts';
import type { WireObject } from './wire.ts';

interface Entry<T> {
  readonly key: ResourceKey;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Undefined if the object could not be parsed; kept, so that it is reported once and not at each list. */
  readonly value: T | undefined;
}

export interface ObjectStoreOptions<T> {
  parse(object: unknown): T;
  strip(object: WireObject): WireObject;
  readonly objectsMax: number;
  onChange(key: ResourceKey): void;
  onError(error: unknown): void;
}

/**
 * Cached objects, by namespace and name. An object that was deleted and created again is another one: its uid differs.
 */
export class ObjectStore<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #options: ObjectStoreOptions<T>;

  constructor(options: ObjectStoreOptions<T>) {
    this.#options = options;
  }

  get(namespace: string, name: string): T | undefined {
    return this.#entries.get(`${namespace}/${name}`)?.value;
  }

  list(): readonly T[] {
    return [...this.#entries.values()].flatMap(({ value }) => (value === undefined ? [] : [value]));
  }

  /** Takes an object as it is now; reports it if it changed. */
  put(object: WireObject): void {
    const { key, uid } = identityOf(object);
    const resourceVersion = object.metadata.resourceVersion ?? '';
    const id = idOf(key);
    const known = this.#entries.get(id);
    if (known !== undefined && known.uid === uid && known.resourceVersion === resourceVersion) return;
    if (known === undefined && this.#entries.size >= this.#options.objectsMax) {
      this.#options.onError(
        new RangeError(`${id} is left out: ${this.#options.objectsMax} objects are cached already`),
      );
      return;
    }
    const value = this.#parse(id, object);
    this.#entries.set(id, { key, uid, resourceVersion, value });
    this.#options.onChange(key);
  }

  remove(object: WireObject): void {
    const { key, uid } = identityOf(object);
    if (this.#entries.get(idOf(key))?.uid !== uid) return;
    this.#entries.delete(idOf(key));
    this.#options.onChange(key);
  }

  /**
   * Takes a whole list of one namespace (null: of all): an object that it lacks is removed, also if no event reported
   * the deletion. With `reportsAll` every object counts as changed.
   */
  replace(namespace: string | null, objects: readonly WireObject[], reportsAll: boolean): void {
    const listed = new Set(objects.map((object) => idOf(identityOf(object).key)));
    for (const [id, { key }] of this.#entries) {
      if ((namespace !== null && key.namespace !== namespace) || listed.has(id)) continue;
      this.#entries.delete(id);
      this.#options.onChange(key);
    }
    for (const object of objects) this.put(object);
    if (!reportsAll) return;
    for (const { key } of this.#entries.values()) {
      if (namespace === null || key.namespace === namespace) this.#options.onChange(key);
    }
  }

  #parse(id: string, object: WireObject): T | undefined {
    try {
      return this.#options.parse(this.#options.strip(object));
    } catch (error) {
      this.#options.onError(new Error(`${id} is left out: it cannot be parsed`, { cause: error }));
      return undefined;
    }
  }
}

function idOf({ namespace, name }: ResourceKey): string {
  return `${namespace}/${name}`;
}

function identityOf({ metadata }: WireObject): { key: ResourceKey; uid: string } {
  return { key: { namespace: metadata.namespace ?? '', name: metadata.name }, uid: metadata.uid ?? '' };
}
