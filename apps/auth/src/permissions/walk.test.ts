import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Action, memberRole, type PermissionRole, permissions, reachOf } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, principalFor, startAuth } from '../testing/start-auth.ts';

const routes = readRoutes();
const callers: readonly (readonly PermissionRole[])[] = [
  ...memberRole.options.map((role) => [role]),
  ['viewer', 'lead'],
  ['viewer', 'operator'],
];

/** Method, path and action of each route that `allow` guards. */
function readRoutes(): { method: string; path: string; action: Action }[] {
  const text = readFileSync(new URL('../app.ts', import.meta.url), 'utf8');
  const names = new Map(
    [...text.matchAll(/^const (\w+) = '([^']+)';$/gm)].map(([, name = '', path = '']) => [name, path]),
  );
  const calls = [...text.matchAll(/\bapp\.(get|post|put|patch|delete)\(\s*([^,]+),\s*allow\('([\w.]+)'\)/g)];
  return calls.map(([, method = '', path = '', action = '']) => {
    const bare = path.replace(/^['`]|['`]$/g, '').replace(/\$\{(\w+)\}/g, (_, name: string) => names.get(name) ?? name);
    return { method: method.toUpperCase(), path: names.get(bare) ?? bare, action: action as Action };
  });
}

describe('the table of permissions', () => {
  let auth: AuthHarness;
  let organizationId: string;
  beforeAll(async () => {
    auth = await startAuth();
    organizationId = (await auth.createAccount()).principal.orgId;
  });
  afterAll(() => auth.stop());

  /** A member who is new, so that what another route did to it does not count. */
  async function createCaller(roles: readonly PermissionRole[]) {
    const id = randomUUID();
    const createdAt = new Date(auth.clock.now());
    const person = { id, organizationId, email: `${id}@example.com`, name: 'A', role: 'member' as const, createdAt };
    const role = memberRole.parse(roles[0]);
    await auth.database.user.create({
      data: {
        ...person,
        isOperator: roles.includes('operator'),
        memberships: { create: { organizationId, role, createdAt } },
      },
    });
    if (roles.includes('lead')) {
      await auth.database.team.create({
        data: {
          ...{ id: randomUUID(), organizationId, name: id, createdAt },
          members: { create: { userId: id, role: 'lead', createdAt } },
        },
      });
    }
    return { ...principalFor(organizationId, id, roles), sessionId: randomUUID() };
  }

  it('names an action for every route that a principal can call', () => {
    expect(routes.length).toBeGreaterThanOrEqual(20);
    expect(routes.filter(({ action }) => permissions[action] === undefined)).toEqual([]);
  });

  it.each(callers)('decides every route for %s %s (I17)', async (...roles) => {
    const seen: string[] = [];
    const expected: string[] = [];
    for (const { method, path, action } of routes) {
      const as = await createCaller(roles);
      const url = path.replace(':kind', 'users').replace(/:\w+/g, randomUUID());
      const { status } = await auth.call(method, url, { as, ...(method !== 'GET' && { body: {} }) });
      seen.push(`${method} ${path}: ${status === 403 ? 'refused' : 'allowed'}`);
      expected.push(`${method} ${path}: ${reachOf(roles, action) === 'none' ? 'refused' : 'allowed'}`);
    }

    expect(seen).toEqual(expected);
  });

  it('lets no API key do what is for people (I17)', async () => {
    const owner = await createCaller(['owner']);
    const { id: keyId } = await auth.createKey(owner);
    const { sessionId: _, ...principal } = owner;
    const forPeople = routes.filter(({ action }) => permissions[action].needs === 'session');
    expect(forPeople.length).toBeGreaterThan(3);

    for (const { method, path } of forPeople) {
      const url = path.replace(/:\w+/g, randomUUID());
      const as = { ...principal, keyId };
      expect((await auth.call(method, url, { as, ...(method !== 'GET' && { body: {} }) })).status).toBe(403);
    }
  });
});
