import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Action, apiRoutes, permissions, toOpenApi } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { root } from '../tidy/source-files.ts';
import { listDeclaredRoutes, publicRoutes } from '../world/declared-routes.ts';

/** `METHOD path` with every parameter as `*`. */
const toShape = (route: string) => route.replace(/\{\w+\}|:\w+/g, '*');
const shapeOf = ({ method, path }: { method: string; path: string }) => toShape(`${method} ${path}`);
/** What the gateway's table declares as prefixes and patterns. */
const patterns: Readonly<Record<string, string>> = {
  'GET /v1/models/': 'GET /v1/models/*',
  'POST /v1/proxy/': 'POST /v1/proxy/*/chat/completions',
};

describe('the reference of the API', () => {
  it('has every public route, and no other', () => {
    const declared = listDeclaredRoutes().map((route) => patterns[route] ?? toShape(route));
    const described = apiRoutes.map(shapeOf);

    expect(new Set(described).size).toBe(described.length);
    expect(described.sort()).toEqual([...new Set(declared)].sort());
  });

  it('says for each route whether it needs a credential', () => {
    const open = new Set(publicRoutes.map(toShape));
    expect(apiRoutes.filter((route) => (route.needs === 'nothing') !== open.has(shapeOf(route)))).toEqual([]);
  });

  it('names the action that auth checks', () => {
    const text = readFileSync(join(root, 'apps/auth/src/app.ts'), 'utf8');
    const guards = [...text.matchAll(/\bapp\.\w+\(\s*[^,]+,\s*allow\('([\w.]+)'\)/g)].map(([, action]) => action);
    const named = apiRoutes
      .filter(({ path }) => /^\/v1\/(?:auth|users\/(?!usage))/.test(path))
      .map(({ needs }) => needs);
    const count = (names: readonly (string | undefined)[]) =>
      Object.fromEntries(Object.keys(permissions).map((name) => [name, names.filter((each) => each === name).length]));

    expect(count(named)).toEqual(count(guards as Action[]));
  });

  it('is a valid document of OpenAPI 3.1, with an id for each operation', async () => {
    const document = toOpenApi(apiRoutes, '0.1.0');
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });

    const operations = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>);
    const ids = operations.flatMap((item) => Object.values(item).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(apiRoutes.length);
  });

  it.each([
    ['POST', '/v1/billing/dead-letters/{id}/replay', 400],
    ['DELETE', '/v1/orchestrator/price-rules/{id}', 400],
    ['POST', '/v1/auth/email/verify', 401],
    ['POST', '/v1/auth/invitations/accept', 401],
    ['POST', '/v1/auth/invitations/show', 401],
    ['POST', '/v1/auth/api-keys', 404],
    ['POST', '/v1/auth/organization/invitations', 404],
    ['POST', '/v1/auth/organization/limits', 404],
    ['POST', '/v1/auth/organization/budgets', 404],
    ['POST', '/v1/billing/transaction', 404],
    ['POST', '/v1/billing/bank-transfers', 404],
    ['POST', '/v1/billing/promotional-credits', 404],
    ['PUT', '/v1/billing/subscription', 404],
    ['DELETE', '/v1/billing/subscription', 404],
    ['PATCH', '/v1/auth/organization/members/{userId}', 409],
    ['DELETE', '/v1/auth/organization/members/{userId}', 409],
  ])('describes the error of %s %s with %s, which a caller can meet', (method, path, status) => {
    expect(answersOf(method, path)).toHaveProperty(String(status));
  });

  it.each([
    ['/v1/auth/organization/bulk/export', ['application/json', 'text/csv']],
    ['/v1/auth/organization/export', ['application/x-ndjson']],
    ['/v1/billing/invoices/{id}', ['application/json', 'text/csv', 'application/pdf']],
    ['/v1/billing/statements/{period}', ['application/json', 'text/csv']],
    ['/v1/analytics/dashboard', ['application/json', 'text/csv']],
    ['/v1/users/usage', ['application/json', 'text/csv']],
  ])('names every media type of %s', (path, types) => {
    expect(Object.keys(answersOf('GET', path)['200']?.content ?? {})).toEqual(types);
  });

  it.each([
    ['/v1/orchestrator/prices', 'get', 'limit', ['1', '050', '100'], ['0', '000', '101', '1.5']],
    ['/v1/orchestrator/providers', 'get', 'limit', ['1', '100'], ['0', '101']],
    ['/v1/auth/organization/teams', 'get', 'limit', ['1', '100'], ['0', '101']],
    ['/v1/billing/statements/{period}', 'get', 'period', ['2026-11'], ['2026-13', '0']],
    ['/v1/orchestrator/prices/{id}', 'delete', 'id', ['01a23241-8226-7a00-bf93-057d19b5804e'], ['0']],
    ['/v1/orchestrator/price-rules/{id}', 'delete', 'id', ['01a23241-8226-7a00-bf93-057d19b5804e'], ['0']],
  ])('describes the values that %s takes in %s %s', (path, method, name, taken, rejected) => {
    const pattern = new RegExp(patternOf(path, method, name));
    expect(taken.filter((value) => !pattern.test(value))).toEqual([]);
    expect(rejected.filter((value) => pattern.test(value))).toEqual([]);
  });
});

type Answers = Readonly<Record<string, { content?: object }>>;

function answersOf(method: string, path: string): Answers {
  const { paths } = toOpenApi(apiRoutes, '0.1.0') as { paths: Record<string, Record<string, { responses: Answers }>> };
  return paths[path]?.[method.toLowerCase()]?.responses ?? {};
}

interface Parameter {
  name: string;
  schema: { pattern?: string };
}

function patternOf(path: string, method: string, name: string): string {
  const { paths } = toOpenApi(apiRoutes, '0.1.0') as {
    paths: Record<string, Record<string, { parameters: Parameter[] }>>;
  };
  return paths[path]?.[method]?.parameters.find((each) => each.name === name)?.schema.pattern ?? '';
}
