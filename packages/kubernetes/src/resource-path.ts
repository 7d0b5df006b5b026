import type { ResourceKind } from './port.ts';

/** Returns the path of a kind, or of one of its objects, at the API server. Names are escaped. */
export function resourcePath(
  kind: ResourceKind,
  at: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined } = {},
): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const isNamespaced = at.namespace !== undefined && at.namespace !== '';
  return [
    root,
    ...(isNamespaced ? ['namespaces', encodeURIComponent(at.namespace ?? '')] : []),
    kind.plural,
    ...(at.name === undefined ? [] : [encodeURIComponent(at.name)]),
    ...(at.subresource === undefined ? [] : [at.subresource]),
  ].join('/');
}

/** The apiVersion that objects of the kind carry. */
export function apiVersionOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}
