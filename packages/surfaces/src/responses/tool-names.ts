import { hash } from 'node:crypto';
import type { OwnToolType } from './own-tools.ts';

export interface ToolOrigin {
  readonly name: string;
  /** Null for a tool that is in no namespace. */
  readonly namespace: string | null;
  /** The calls of this tool are items of their own kind: those of the client's search for tools, and of tools that OpenAI describes. */
  readonly own?: 'tool_search' | OwnToolType;
}

/** Characters of a name that every vendor takes. */
const nameLengthMax = 64;
const digestLength = 8;

/**
 * The tools of one request by the one name that other vendors know them by. A tool of a namespace gets both names, joined; the
 * answer gives them back apart. The same tool has the same name in every turn, so that prompt caches hold.
 */
export class ToolNames {
  readonly #origins = new Map<string, ToolOrigin>();
  readonly #names = new Map<string, string>();
  readonly #own = new Map<string, string>();

  /** Takes a tool in and returns its name. Tools without a namespace come first: they keep the name that they have. */
  add(name: string, namespace: string | null): string {
    if (namespace === null) {
      this.#origins.set(name, { name, namespace });
      return name;
    }
    const key = keyOf(name, namespace);
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const joined = joinNames(name, namespace);
    const chosen = this.#origins.has(joined) ? withDigest(joined, key) : joined;
    this.#names.set(key, chosen);
    this.#origins.set(chosen, { name, namespace });
    return chosen;
  }

  /** Takes a tool with calls of their own kind in and returns its name. Comes after all others. */
  addOwn(own: 'tool_search' | OwnToolType): string {
    const known = this.#own.get(own);
    if (known !== undefined) return known;
    const name = this.#origins.has(own) ? withDigest(own, own) : own;
    this.#own.set(own, name);
    this.#origins.set(name, { name, namespace: null, own });
    return name;
  }

  /** Returns the name of a tool with calls of their own kind, also of one that is not offered any more. */
  ownName(own: 'tool_search' | OwnToolType): string {
    return this.#own.get(own) ?? own;
  }

  /** Returns the name of a tool, also of one that is not offered any more. */
  nameOf(name: string, namespace: string | null): string {
    if (namespace === null) return name;
    return this.#names.get(keyOf(name, namespace)) ?? joinNames(name, namespace);
  }

  /** Returns the tool that a model's name means; an unknown name means itself. */
  originOf(name: string): ToolOrigin {
    return this.#origins.get(name) ?? { name, namespace: null };
  }
}

function joinNames(name: string, namespace: string): string {
  const joined = `${namespace.replace(/_+$/, '')}__${name}`.replace(/[^\w-]/g, '_');
  const isWhole = joined.length <= nameLengthMax && /^[\w-]+$/.test(namespace + name);
  return isWhole ? joined : withDigest(joined, keyOf(name, namespace));
}

function withDigest(joined: string, key: string): string {
  return `${joined.slice(0, nameLengthMax - digestLength - 1)}_${hash('sha256', key, 'hex').slice(0, digestLength)}`;
}

/** A name has no NUL in it. */
function keyOf(name: string, namespace: string): string {
  return `${namespace}\0${name}`;
}
