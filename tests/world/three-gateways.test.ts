import { hash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import { apiGatewayService } from '@aggregator/api-gateway';
import { authService } from '@aggregator/auth';
import { createdApiKey, createdScimToken, registerAnswer, tokenAnswer } from '@aggregator/contracts';
import { createMemoryInvalidationChannel, type InvalidationChannel } from '@aggregator/invalidation';
import { startService } from '@aggregator/service-kit';
import { createTestDatabase, type TestDatabase, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const signingKey = 'i'.repeat(43);
const withinMs = 1000;
const password = 'a long password of a caller';

/** One auth and three gateways, before a proxy that accepts everything. */
describe('three gateways', () => {
  let database: TestDatabase;
  let proxy: Server;
  let channel: InvalidationChannel;
  let auth: Awaited<ReturnType<typeof startAuth>>;
  let gateways: Awaited<ReturnType<typeof startGateway>>[];

  const startAuth = () =>
    startService(
      authService,
      authService.readConfig({
        ...{ AUTH_PORT: '0', INTERNAL_SIGNING_KEY: signingKey, AUTH_DATABASE_URL: database.url, LOG_LEVEL: 'error' },
        ...{ KEY_PEPPER: 'p'.repeat(43), AUTH_JWT_PRIVATE_KEY: 'j'.repeat(43) },
        LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000',
      }),
      { invalidation: channel },
    );
  const startGateway = (environment: Record<string, string> = {}) => {
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    return startService(
      apiGatewayService,
      apiGatewayService.readConfig({
        ...{ PORT: '0', INTERNAL_SIGNING_KEY: signingKey, AUTH_URL: auth.url, PROXY_URL: proxyUrl },
        ...{ LOG_LEVEL: 'error', MANAGEMENT_REQUESTS_PER_MINUTE: '100000', PUBLIC_REQUESTS_PER_MINUTE: '100000' },
        ...environment,
      }),
      { invalidation: channel, admission: createMemoryAdmissionStore() },
    );
  };

  beforeAll(async () => {
    database = await createTestDatabase({ service: 'auth' });
    proxy = createServer((request, response) => {
      request.resume().once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    channel = createMemoryInvalidationChannel();
    auth = await startAuth();
    gateways = [await startGateway(), await startGateway(), await startGateway()];
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.stop();
    await auth.stop();
    await channel.close();
    await new Promise((resolve) => proxy.close(resolve));
    await database.drop();
  });

  async function request(method: string, path: string, credential: string | null, body?: unknown, at = gateways[0]) {
    const response = await fetch(`${at?.url}${path}`, {
      method,
      headers: {
        ...(credential !== null && { authorization: `Bearer ${credential}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? null : (JSON.parse(text) as unknown) };
  }
  const logIn = async (email: string) =>
    tokenAnswer.parse((await request('POST', '/v1/auth/login', null, { email, password })).json).accessToken;
  async function signUp(email: string) {
    const answer = await request('POST', '/v1/auth/register', null, { email, password, name: 'A' });
    const { user } = registerAnswer.parse(answer.json);
    const token = await logIn(email);
    const key = createdApiKey.parse((await request('POST', '/v1/auth/api-keys', token, { name: 'k' })).json);
    return { userId: user.id, orgId: user.organizationId, token, key };
  }
  const ask = async (credential: string, at: (typeof gateways)[number]) =>
    (await request('POST', '/v1/chat/completions', credential, { model: 'm', messages: [] }, at)).status;

  /** Sends requests to each gateway without a pause. Returns when each accepted its last, against the end of the change. */
  async function lastAccepted(credential: string, change: () => Promise<unknown>): Promise<number[]> {
    for (const gateway of gateways) expect(await ask(credential, gateway)).toBe(200);
    let changedAt = Number.POSITIVE_INFINITY;
    const watch = async (gateway: (typeof gateways)[number]) => {
      let last = 0;
      for (let rejected = 0; rejected < 20; ) {
        const sentAt = performance.now();
        if ((await ask(credential, gateway)) === 200) {
          last = sentAt;
          rejected = 0;
        } else rejected += 1;
        if (sentAt - changedAt > 20_000) break;
      }
      return last;
    };
    const watches = gateways.map(watch);
    await change();
    changedAt = performance.now();
    return (await Promise.all(watches)).map((last) => last - changedAt);
  }

  it.each<[string, (name: string) => Promise<{ credential: string; change(): Promise<unknown> }>]>([
    [
      'a key is revoked',
      async (name) => {
        const { token, key } = await signUp(`${name}@example.com`);
        return { credential: key.key, change: () => request('DELETE', `/v1/auth/api-keys/${key.id}`, token) };
      },
    ],
    [
      'a user is blocked',
      async (name) => {
        const { userId, key } = await signUp(`${name}@example.com`);
        const operator = await signUp(`${name}-operator@example.com`);
        await auth.context.database.user.update({ where: { id: operator.userId }, data: { isOperator: true } });
        const token = await logIn(`${name}-operator@example.com`);
        return { credential: key.key, change: () => request('PUT', `/v1/auth/blocks/users/${userId}`, token) };
      },
    ],
    [
      'a person logs out',
      async (name) => {
        const { token } = await signUp(`${name}@example.com`);
        return { credential: token, change: () => request('POST', '/v1/auth/logout', token, {}) };
      },
    ],
    [
      'SCIM deactivates a person',
      async (name) => {
        const { orgId, token } = await signUp(`${name}@example.com`);
        const { database: db } = auth.context;
        const at = { createdAt: new Date(), changedAt: new Date() };
        const flags = {
          isEnforced: false,
          isListed: false,
          createsUsers: true,
          isEmailTrusted: false,
          isForOperators: false,
        };
        const sso = {
          name,
          label: 'A',
          issuer: 'https://id.example.org',
          clientId: 'x',
          scopes: [],
          mapping: { claim: 'groups', rules: [] },
        };
        const provider = {
          ...sso,
          ...flags,
          ...at,
          id: crypto.randomUUID(),
          organizationId: orgId,
          domains: [`${name}.org`],
        };
        await db.ssoProvider.create({ data: provider });
        const colleague = await signUp(`ada@${name}.org`);
        await db.user.update({ where: { id: colleague.userId }, data: { emailVerifiedAt: new Date() } });
        await db.membership.create({
          data: { organizationId: orgId, userId: colleague.userId, role: 'developer', createdAt: new Date() },
        });
        const login = { email: `ada@${name}.org`, password, organizationId: orgId };
        const credential = tokenAnswer.parse((await request('POST', '/v1/auth/login', null, login)).json).accessToken;
        const made = await request('POST', '/v1/auth/organization/scim-tokens', token, { name: 'idp' });
        const scim = createdScimToken.parse(made.json).token;
        const Operations = [{ op: 'replace', value: { active: false } }];
        const patch = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations };
        return { credential, change: () => request('PATCH', `/scim/v2/Users/${colleague.userId}`, scim, patch) };
      },
    ],
  ])(
    'accept their last request within a second after %s (I3)',
    async (what, prepare) => {
      const { credential, change } = await prepare(hash('sha256', what, 'hex').slice(0, 8));
      const lasts = await lastAccepted(credential, change);

      expect(lasts).toHaveLength(3);
      for (const last of lasts) expect(last).toBeLessThanOrEqual(withinMs);
    },
    60_000,
  );

  it('reject a known key and a known session when they are cut off for as long as a verdict may be kept (I3)', async () => {
    const { key, token } = await signUp('cut-off@example.com');
    const start = () => startGateway({ KEY_VERDICT_MAX_AGE_MS: '2000' });
    const alone = [await start(), await start(), await start()];
    const each = alone.flatMap((gateway) => [key.key, token].map((credential) => () => ask(credential, gateway)));
    for (const askOne of each) expect(await askOne()).toBe(200);
    await auth.stop();
    for (const askOne of each) {
      await waitFor(async () => (await askOne()) !== 200, { describe: 'a rejection', timeoutMs: 30_000 });
    }
    for (const gateway of alone) await gateway.stop();
    const { keyVerdictMaxAgeMs } = apiGatewayService.readConfig({ INTERNAL_SIGNING_KEY: signingKey });
    expect(keyVerdictMaxAgeMs).toBeLessThanOrEqual(30_000);
  }, 60_000);
});
