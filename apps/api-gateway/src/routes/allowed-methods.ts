import { apiRoutes } from '@aggregator/contracts';

interface Path {
  readonly pattern: RegExp;
  readonly methods: ReadonlySet<string>;
}

const countParameters = (path: string) => path.split('{').length - 1;

/** Paths of the API with the methods of each; those with the fewest parameters first. */
const paths: readonly Path[] = [...Map.groupBy(apiRoutes, ({ path }) => path)]
  .sort(([one], [other]) => countParameters(one) - countParameters(other))
  .map(([path, routes]) => ({ pattern: toPattern(path), methods: toMethods(routes.map(({ method }) => method)) }));

/**
 * Returns the methods of a canonical path; null if no route of the API has the path. A path without parameters wins over
 * one with a parameter in the same place.
 * Source: https://spec.openapis.org/oas/v3.1.1#paths-object (read 2026-11).
 */
export function findAllowedMethods(path: string): ReadonlySet<string> | null {
  return paths.find(({ pattern }) => pattern.test(path))?.methods ?? null;
}

/** `Allow` of a 405. */
export const toAllow = (methods: Iterable<string>): string => [...methods].sort().join(', ');

function toMethods(methods: readonly string[]): ReadonlySet<string> {
  // Express answers HEAD where there is a GET.
  return new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods);
}

function toPattern(path: string): RegExp {
  const literal = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}
