import type { ServerResponse } from 'node:http';
import type { ResourceKind } from '../port.ts';
import { apiVersionOf } from '../resource-path.ts';
import { type Change, type FakeObject, type FakeObjects, kindIdOf, Refusal } from './fake-objects.ts';

export interface Question {
  readonly kind: ResourceKind;
  readonly namespace: string | undefined;
  readonly query: URLSearchParams;
  readonly metadataOnly: boolean;
}

interface Watch extends Question {
  readonly response: ServerResponse;
}

/** Open watches, and what can go wrong with them. */
export class FakeWatches {
  readonly #objects: FakeObjects;
  readonly #open = new Set<Watch>();
  #dropped = 0;
  #isMute = false;

  constructor(objects: FakeObjects) {
    this.#objects = objects;
    objects.onChange = (change) => this.#notify(change);
  }

  get size(): number {
    return this.#open.size;
  }

  /** The plurals that are watched now, one for each watch. */
  get plurals(): string[] {
    return [...this.#open].map(({ kind }) => kind.plural);
  }

  open(question: Question, response: ServerResponse): void {
    const from = Number(question.query.get('resourceVersion') ?? this.#objects.revision);
    if (from < this.#objects.compactedRevision) throw new Refusal(410, 'Expired', 'too old resource version');
    const watch = { ...question, response };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    this.#open.add(watch);
    const seconds = Number(question.query.get('timeoutSeconds') ?? 3600);
    const timer = setTimeout(() => response.end(), seconds * 1000).unref();
    response.once('close', () => {
      clearTimeout(timer);
      this.#open.delete(watch);
    });
    for (const change of this.#objects.changes) if (change.revision > from) this.#send(watch, change);
  }

  bookmark(): void {
    for (const watch of this.#open) {
      if (this.#isMute || watch.query.get('allowWatchBookmarks') !== 'true') continue;
      const metadata = { resourceVersion: String(this.#objects.revision) };
      const object = { apiVersion: apiVersionOf(watch.kind), kind: watch.kind.kind, metadata };
      watch.response.write(`${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
  }

  /** The next changes happen, but no watch reports them. */
  drop(changes: number): void {
    this.#dropped = changes;
  }

  /** Connections stay open and nothing comes any more. */
  mute(isMute: boolean): void {
    this.#isMute = isMute;
  }

  /** An ERROR within the stream, then its end. */
  fail(status: number, reason: string): void {
    for (const { response } of this.#open) {
      const object = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message: reason };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    }
  }

  /** Bytes as they are, then a broken connection: half a line, or nothing. */
  cut(text = ''): void {
    for (const { response } of this.#open) {
      if (text === '') response.destroy();
      else response.write(text, () => response.destroy());
    }
  }

  /** Bytes as they are, and the watch continues. */
  write(text: string): void {
    for (const { response } of this.#open) response.write(text);
  }

  #notify(change: Change): void {
    if (this.#dropped > 0) {
      this.#dropped -= 1;
      return;
    }
    if (!this.#isMute) for (const watch of this.#open) this.#send(watch, change);
  }

  #send(watch: Watch, { kindId, before, after, revision }: Change): void {
    if (kindId !== kindIdOf(watch.kind)) return;
    const [was, is] = [isSelected(watch, before), isSelected(watch, after)];
    const object = is ? after : before;
    if ((!was && !is) || object === undefined) return;
    const type = !is ? 'DELETED' : was ? 'MODIFIED' : 'ADDED';
    const shown = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    watch.response.write(`${JSON.stringify({ type, object: show(watch, shown) })}\n`);
  }
}

/** True if an object is within the query: its namespace, its labels (`a=b`, `a`), its name. */
export function isSelected(question: Question, object: FakeObject | undefined): boolean {
  if (object === undefined) return false;
  const { namespace, query } = question;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const labels = new Map(Object.entries(object.metadata.labels ?? {}));
  const wanted = (query.get('labelSelector') ?? '').split(',').filter((part) => part !== '');
  const hasLabels = wanted.every((part) => {
    const [name = '', value] = part.split(/==?/);
    return labels.has(name) && (value === undefined || labels.get(name) === value);
  });
  const name = /metadata\.name=([^,]+)/.exec(query.get('fieldSelector') ?? '')?.[1];
  return hasLabels && (name === undefined || name === object.metadata.name);
}

export function show({ metadataOnly }: Question, object: FakeObject): unknown {
  if (!metadataOnly) return object;
  return { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: object.metadata };
}
