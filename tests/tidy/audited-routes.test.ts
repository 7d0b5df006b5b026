import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readTypeScript } from './source-files.ts';

const texts = new Map(readTypeScript().map(({ path, text }) => [path, text]));
const readText = (path: string) => texts.get(path) ?? '';
const writesAudit = /\bawait (?:writeAudit|auditProvider)\(/;

/** True if the file, or one of the same app that it imports, writes an audit entry. */
function reachesAudit(path: string, seen = new Set<string>()): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  if (writesAudit.test(readText(path))) return true;
  const imports = [...readText(path).matchAll(/^import (?!type\b)[^;]*? from '(\.[^']+)';$/gms)];
  return imports.some(([, target = '']) => reachesAudit(join(dirname(path), target), seen));
}

/** Method, path and handler file of each route that changes something for a principal. */
function listChangingRoutes(app: string): { route: string; file: string }[] {
  const text = readText(join(app, 'app.ts'));
  const files = new Map(
    [...text.matchAll(/^import \{ (\w+) \} from '(\.\/routes\/[^']+)';$/gm)].map(([, name = '', file = '']) => [
      name,
      join(app, file),
    ]),
  );
  const routes = [...text.matchAll(/\bapp\.(post|put|patch|delete)\(\s*([^,]+),([^;]*?)(\w+)\(context\),?\s*\);/g)];
  return routes.flatMap(([, method = '', path = '', guards = '', handler = '']) => {
    const isPrincipals = /\b(?:allow\(|principal\b|manager\b|manages\b|pays\b)/.test(guards);
    return isPrincipals ? [{ route: `${method} ${path}`, file: files.get(handler) ?? handler }] : [];
  });
}

describe('routes by which a user or a key changes something', () => {
  it.each([
    ['apps/auth/src', 15],
    ['apps/provider-orchestrator/src', 6],
    ['apps/billing/src', 2],
    ['apps/analytics/src', 3],
  ])('write an audit entry in %s (I21)', (app, routesMin) => {
    const routes = listChangingRoutes(app);

    expect(routes.length).toBeGreaterThanOrEqual(routesMin);
    expect(routes.filter(({ file }) => !reachesAudit(file)).map(({ route }) => route)).toEqual([]);
  });
});
