import {
  apiKeyList,
  bulkJob,
  createdScimToken,
  createdWebhook,
  invitation,
  sessionList,
  shownBudget,
  shownLimit,
  team,
  webhookDelivery,
} from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { type Actor, Callers, type Tenant } from './tenant-actors.ts';
import { listDeclaredShapes, listMatrixShapes, type MatrixRoute, matrixRoutes } from './tenant-routes.ts';

/** Returns the status that refuses the actor; null if the actor may call the route for what is its own. */
function toRefusal({ needs, isOwned = false }: MatrixRoute, actor: Actor): number | null {
  if (actor.weakness === 'credential') return 401;
  if (actor.weakness === 'block' || actor.weakness === 'address') return 403;
  const isKey = actor.credential?.startsWith('agk_') ?? false;
  if (needs === 'any') return isKey ? 403 : null;
  if (needs === 'session' && isKey) return 403;
  if (!actor.scopes.includes(needs === 'session' ? 'profile:manage' : needs)) return 403;
  return isOwned ? 404 : null;
}

describe('every route with every caller that must not use it (I17)', () => {
  let world: World;
  let callers: Callers;
  let victim: Tenant;
  let operator: string;
  let actors: readonly Actor[] = [];
  const ids = new Map<string, string>();
  let readStored: () => Promise<unknown>;
  beforeAll(async () => {
    world = await startWorld({
      ...{ AUTH_FAILURES_PER_MINUTE: '100000', MANAGEMENT_REQUESTS_PER_MINUTE: '100000' },
      ...{ LOGIN_ATTEMPTS_PER_MINUTE: '1000', LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' },
      WEBHOOK_ALLOWLIST: '127.0.0.1:9',
    });
    callers = new Callers(world.baseUrl);
    operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
    victim = await callers.signUp('victim');
    await fillIds();
    actors = await callers.createActors(victim, operator);
    for (const { credential, name, weakness } of actors) {
      const status = { credential: 401, block: 403, address: 403, scopes: null, tenant: null }[weakness];
      const models = async () => (await callers.as(credential).request('GET', '/v1/models')).status;
      if (status !== null) await waitFor(async () => (await models()) === status, { describe: name });
    }
  });
  afterAll(() => world.destroy());

  /** Objects of the victim, one of each kind that a path can name. */
  async function fillIds(): Promise<void> {
    const { id, key } = await callers.createKey(victim.token);
    const victimAs = callers.as(victim.token);
    const { json } = await victimAs.request('POST', '/v1/auth/organization/teams', { name: 'victims' });
    ids.set('teamId', team.parse(json).id);
    const monthly = { name: 'victims', level: 'organization', period: 'month', amountNanoUsd: '1000000000' };
    const budgeted = await victimAs.request('POST', '/v1/auth/organization/budgets', monthly);
    ids.set('budgetId', shownBudget.parse(budgeted.json).id);
    const wide = { name: 'victims', level: 'organization', requestsPerMinute: 10_000 };
    const limited = await victimAs.request('POST', '/v1/auth/organization/limits', wide);
    ids.set('limitId', shownLimit.parse(limited.json).id);
    const guest = { email: 'guest@example.com', role: 'viewer' };
    const invited = await victimAs.request('POST', '/v1/auth/organization/invitations', guest);
    ids.set('invitationId', invitation.parse(invited.json).id);
    const issued = await victimAs.request('POST', '/v1/auth/organization/scim-tokens', { name: 'idp' });
    ids.set('scimTokenId', createdScimToken.parse(issued.json).id);
    // Nothing listens there: the delivery waits for its next attempt.
    const hook = { name: 'victims', url: 'http://127.0.0.1:9/', events: ['key.created'] };
    const hooked = await victimAs.request('POST', '/v1/auth/organization/webhooks', hook);
    ids.set('webhookId', createdWebhook.parse(hooked.json).id);
    const tested = await victimAs.request('POST', `/v1/auth/organization/webhooks/${ids.get('webhookId')}/test`, {});
    ids.set('deliveryId', webhookDelivery.parse(tested.json).id);
    const list = { rows: [{ email: 'guest@example.com' }], dryRun: true };
    ids.set('bulkId', bulkJob.parse((await victimAs.request('POST', '/v1/auth/organization/bulk', list)).json).id);
    const sessions = sessionList.parse((await callers.as(victim.token).request('GET', '/v1/users/sessions')).json);
    const response = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'mock-small', messages: [{ role: 'user', content: 'hi' }] }),
    });
    await response.text();
    const requestId = response.headers.get('x-request-id') ?? '';
    const asKey = (method: string, path: string, body?: unknown) => callers.as(key).request(method, path, body);
    const items = [{ type: 'message', role: 'user', content: 'hi' }];
    const conversation = (await asKey('POST', '/v1/conversations', { items })).json as { id: string };
    const listed = (await asKey('GET', `/v1/conversations/${conversation.id}/items`)).json as {
      data: { id: string }[];
    };
    const stored = (await asKey('POST', '/v1/responses', { model: 'mock-small', input: 'hi' })).json as { id: string };
    readStored = async () => [
      (await asKey('GET', `/v1/responses/${stored.id}`)).json,
      (await asKey('GET', `/v1/conversations/${conversation.id}`)).json,
      (await asKey('GET', `/v1/conversations/${conversation.id}/items`)).json,
    ];
    ids
      .set('responseId', stored.id)
      .set('conversationId', conversation.id)
      .set('itemId', listed.data[0]?.id ?? '');
    const named = { keyId: id, sessionId: sessions.data[0]?.id ?? '', requestId };
    const { userId, organizationId } = victim;
    for (const [name, value] of Object.entries({ ...named, userId, organizationId })) ids.set(name, value);
    const route = { candidates: [{ provider: 'mock', model: 'mock-small' }] };
    await callers.as(operator).request('PUT', '/v1/orchestrator/routes/fast', route);
    const explain = async () => await callers.as(victim.token).request('GET', `/v1/billing/explain/${requestId}`);
    await waitFor(async () => (await explain()).status === 200, { describe: 'the charge' });
  }

  const fillIn = (text: string) => text.replace(/:(\w+)/g, (all, name: string) => ids.get(name) ?? all);
  const toPath = ({ route, path = route.slice(route.indexOf(' ') + 1) }: MatrixRoute) => fillIn(path);
  const toBody = ({ body }: MatrixRoute): unknown =>
    body === undefined ? undefined : JSON.parse(fillIn(JSON.stringify(body)));

  /** What an intruder could have changed. */
  async function readState() {
    const read = async (credential: string, path: string) => (await callers.as(credential).request('GET', path)).json;
    const own = ['users/profile', 'users/sessions', 'auth/api-keys', 'auth/organization', 'billing/transactions'];
    own.push(
      'auth/organization/members',
      'auth/memberships',
      'auth/organization/teams',
      'auth/organization/budgets',
      'auth/organization/limits',
      'auth/organization/invitations',
      'auth/organization/scim-tokens',
      'auth/organization/webhooks',
    );
    const all = ['auth/blocks', 'orchestrator/routes', 'billing/reviews'];
    return {
      own: await Promise.all(own.map((path) => read(victim.token, `/v1/${path}`))),
      all: await Promise.all(all.map((path) => read(operator, `/v1/${path}`))),
      tenant: await read(operator, `/v1/auth/organizations/${victim.organizationId}`),
      provider: await read(victim.token, '/v1/models'),
      stored: await readStored(),
    };
  }

  it('has every route that needs a credential', () => {
    expect(listMatrixShapes()).toEqual(listDeclaredShapes());
  });

  it('refuses each with 401, 403 or 404, and nothing changes', async () => {
    const before = await readState();
    const seen: string[] = [];
    const expected: string[] = [];
    for (const row of matrixRoutes) {
      const method = row.route.slice(0, row.route.indexOf(' '));
      const refused = actors.filter((actor) => toRefusal(row, actor) !== null);
      const statuses = await Promise.all(
        refused.map(
          async ({ credential }) => (await callers.as(credential).request(method, toPath(row), toBody(row))).status,
        ),
      );
      refused.forEach((actor, at) => {
        seen.push(`${row.route}: ${actor.name}: ${statuses[at]}`);
        expected.push(`${row.route}: ${actor.name}: ${toRefusal(row, actor)}`);
      });
    }

    expect(seen).toEqual(expected);
    expect(seen.length).toBeGreaterThan(900);
    expect(await readState()).toEqual(before);
  });

  it('gives the victim all of it still', async () => {
    const { json } = await callers.as(victim.token).request('GET', '/v1/auth/api-keys');
    expect(apiKeyList.parse(json).data).toMatchObject([{ id: ids.get('keyId'), revokedAt: null }]);
  });
});
