import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/source-files.ts';

/** Routes that a client without a credential may call. */
export const publicRoutes: readonly string[] = [
  'POST /v1/auth/register',
  'POST /v1/auth/login',
  'POST /v1/auth/refresh',
  'POST /v1/auth/invitations/show',
  'POST /v1/auth/invitations/accept',
  'POST /v1/auth/email/request',
  'POST /v1/auth/email/verify',
  'POST /v1/auth/password/request',
  'POST /v1/auth/password/reset',
  'POST /v1/auth/leaked-keys',
  'POST /v1/billing/webhooks/:provider',
  'GET /v1/auth/methods',
  'GET /v1/auth/sso/:name/start',
  'GET /v1/auth/sso/:name/callback',
  'POST /v1/auth/sso/token',
];

const services = ['auth', 'billing', 'analytics', 'provider-orchestrator'];

/** `METHOD path` of every public route, as the apps and the gateway declare them. */
export function listDeclaredRoutes(): string[] {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const declared = services.flatMap((app) => readRoutes(read(`apps/${app}/src/app.ts`)));
  const table = read('apps/api-gateway/src/routes/route-table.ts');
  const ai = [...table.matchAll(/\['(\/v1\/[^']+)', (\w+)\]/g)].map(
    ([, path = '', kind = '']) => `${/(Get|Delete)$/.exec(kind)?.[0].toUpperCase() ?? 'POST'} ${path}`,
  );
  const prefixes = [...table.matchAll(/^const (\w+)Prefix = '([^']+)';$/gm)].map(
    ([, name, path]) => `${name === 'model' ? 'GET' : 'POST'} ${path}`,
  );
  return [...declared.filter((route) => / \/v1\//.test(route)), ...ai, ...prefixes];
}

function readRoutes(text: string): string[] {
  const names = new Map([...text.matchAll(/^const (\w+) = '([^']+)';$/gm)].map(([, name = '', path]) => [name, path]));
  const calls = [...text.matchAll(/\bapp\.(get|post|put|patch|delete)\(\s*([^,]+),/g)];
  return calls.map(([, method = '', path = '']) => {
    const bare = path.replace(/^['`]|['`]$/g, '').replace(/\$\{(\w+)\}/g, (_, name: string) => names.get(name) ?? name);
    return `${method.toUpperCase()} ${names.get(bare) ?? bare}`;
  });
}
