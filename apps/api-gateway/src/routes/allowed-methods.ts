import { apiRoutes } from '@aggregator/contracts';

interface Path {
  readonly pattern: RegExp;
  readonly methods: ReadonlySet<string>;
}

/** Paths of the API with the methods of each. */
const paths: readonly Path[] = [...Map.groupBy(apiRoutes, ({ path }) => path)].map(([path, routes]) => ({
  pattern: toPattern(path),
  methods: toMethods(routes.map(({ method }) => method)),
}));

/** Returns the methods of a canonical path; null if no route of the API has the path. */
export function findAllowedMethods(path: string): ReadonlySet<string> | null {
  const found = paths.filter(({ pattern }) => pattern.test(path));
  if (found.length === 0) return null;
  return new Set(found.flatMap(({ methods }) => [...methods]));
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
