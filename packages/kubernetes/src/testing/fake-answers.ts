import type { ServerResponse } from 'node:http';
import type { ResourceKind } from '../port.ts';
import { apiVersionOf } from '../resource-path.ts';
import { applyPatch, isJson, type Json, jsonPatch, mergePatch } from './apply-patch.ts';
import { type FakeObject, type FakeObjects, hasStatus, kindIdOf, Refusal } from './fake-objects.ts';
import { type FakeWatches, isSelected, type Question, show } from './fake-watches.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

interface World {
  readonly objects: FakeObjects;
  readonly watches: FakeWatches;
  readonly kinds: readonly ResourceKind[];
}

interface Target extends Question {
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body: unknown;
}

const pathPattern = /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+))?\/([^/]+)(?:\/([^/]+))?(?:\/([^/]+))?$/;

/** Returns the answer of the API server. Undefined for a watch, which answers by itself. Throws Refusal. */
export function answerCall(world: World, call: Call, response: ServerResponse): FakeAnswer | undefined {
  const target = readTarget(world.kinds, call);
  if (target.name !== undefined) return answerForObject(world.objects, target, target.name, call);
  if (call.method === 'POST') {
    const metadata = { ...(isJson(call.body) && isJson(call.body.metadata) ? call.body.metadata : {}) };
    if (target.namespace !== undefined) metadata.namespace = target.namespace;
    refuseTimes(target.kind, call.body);
    return {
      status: 201,
      body: world.objects.create(target.kind, { ...(isJson(call.body) ? call.body : {}), metadata }),
    };
  }
  if (call.method !== 'GET') throw new Refusal(405, 'MethodNotAllowed', call.method);
  if (target.query.get('watch') !== 'true') return { status: 200, body: list(world.objects, target) };
  world.watches.open(target, response);
  return undefined;
}

function readTarget(kinds: readonly ResourceKind[], call: Call): Target {
  const url = new URL(call.path, 'http://fake');
  const [, group = '', version, namespace, plural, name, subresource] = pathPattern.exec(url.pathname) ?? [];
  const kind = kinds.find((one) => one.group === group && one.version === version && one.plural === plural);
  if (kind === undefined) throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
  const decoded = (part: string | undefined) => (part === undefined ? undefined : decodeURIComponent(part));
  if (subresource !== undefined && !(subresource === 'status' && hasStatus(kind)))
    throw new Refusal(404, 'NotFound', subresource);
  const metadataOnly = String(call.headers.accept).includes('as=PartialObjectMetadata');
  return {
    kind,
    namespace: decoded(namespace),
    name: decoded(name),
    subresource,
    query: url.searchParams,
    metadataOnly,
  };
}

/**
 * Pages are cut from a list that does not change: the token names its revision, and a compaction makes it worthless.
 */
function list(objects: FakeObjects, target: Target): unknown {
  const [revision, offset] = (target.query.get('continue') ?? `${objects.revision}.0`).split('.').map(Number);
  if ((revision ?? 0) < objects.compactedRevision)
    throw new Refusal(410, 'Expired', 'the continue parameter is too old');
  const limit = Number(target.query.get('limit') ?? Number.MAX_SAFE_INTEGER);
  const all = objects.list(target.kind, target.namespace).filter((object) => isSelected(target, object));
  const end = (offset ?? 0) + limit;
  const page = all.slice(offset, end);
  return {
    apiVersion: target.metadataOnly ? 'meta.k8s.io/v1' : apiVersionOf(target.kind),
    kind: target.metadataOnly ? 'PartialObjectMetadataList' : `${target.kind.kind}List`,
    metadata: { resourceVersion: String(revision), ...(end < all.length ? { continue: `${revision}.${end}` } : {}) },
    items: page.map((object) => show(target, object)),
  };
}

function answerForObject(objects: FakeObjects, target: Target, name: string, call: Call): FakeAnswer {
  const { kind, namespace = '', subresource } = target;
  const body = isJson(call.body) ? call.body : {};
  if (call.method === 'DELETE') {
    const preconditions = isJson(body.preconditions) ? body.preconditions : {};
    return { status: 200, body: objects.remove(kind, namespace, name, preconditions) };
  }
  if (call.method === 'PATCH') return patch(objects, target, name, call);
  const current = objects.get(kind, namespace, name);
  if (call.method === 'GET') return { status: 200, body: show(target, current) };
  if (call.method !== 'PUT') throw new Refusal(405, 'MethodNotAllowed', call.method);
  refuseTimes(kind, body);
  return { status: 200, body: objects.update(kind, current, body, subresource) };
}

function patch(objects: FakeObjects, target: Target, name: string, call: Call): FakeAnswer {
  const { kind, namespace = '', subresource } = target;
  const type = String(call.headers['content-type']);
  const current = objects.find(kind, namespace, name);
  if (type.startsWith('application/apply-patch')) return apply(objects, target, name, current, call.body);
  if (current === undefined) throw new Refusal(404, 'NotFound', `${kind.plural} "${name}" not found`);
  const next = type.startsWith('application/json-patch')
    ? patchOrRefuse(current, call.body)
    : mergePatch(current, call.body);
  if (type === 'application/json' || !isJson(next)) throw new Refusal(415, 'UnsupportedMediaType', type);
  return { status: 200, body: objects.update(kind, current, next, subresource) };
}

function patchOrRefuse(current: FakeObject, operations: unknown): Json {
  try {
    return jsonPatch(current, operations);
  } catch (error) {
    throw new Refusal(422, 'Invalid', String(error));
  }
}

function apply(
  objects: FakeObjects,
  { kind, subresource, query }: Target,
  name: string,
  current: FakeObject | undefined,
  body: unknown,
): FakeAnswer {
  const manager = query.get('fieldManager') ?? '';
  if (manager === '' || !isJson(body)) throw new Refusal(400, 'BadRequest', 'fieldManager is required for apply patch');
  if (current === undefined && subresource !== undefined)
    throw new Refusal(404, 'NotFound', `${kind.plural} "${name}" not found`);
  const idOf = (uid: string) => [kindIdOf(kind), uid, subresource ?? '', manager].join('/');
  if (current === undefined) {
    const created = objects.create(kind, body);
    objects.exchangeApplied(idOf(created.metadata.uid), body);
    return { status: 201, body: created };
  }
  const next = applyPatch(current, objects.exchangeApplied(idOf(current.metadata.uid), body), body);
  const updated = objects.update(kind, current, isJson(next) ? next : {}, subresource);
  return { status: 200, body: updated };
}

/** A MicroTime needs its six digits. */
function refuseTimes(kind: ResourceKind, body: unknown): void {
  if (kind.plural !== 'leases' || !isJson(body) || !isJson(body.spec)) return;
  for (const field of ['acquireTime', 'renewTime']) {
    const value = body.spec[field];
    if (typeof value === 'string' && !/\.\d{6}Z$/.test(value))
      throw new Refusal(400, 'BadRequest', `${field}: ${value}`);
  }
}
