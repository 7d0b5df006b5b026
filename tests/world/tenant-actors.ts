import { randomBytes } from 'node:crypto';
import { createApiKey, createdApiKey, registerAnswer, type Scope, tokenAnswer } from '@aggregator/contracts';
import { createManagementClient } from './management-client.ts';

/** Why a caller is refused: no good credential, a block, an address, scopes that it lacks, or another tenant's object. */
export type Weakness = 'credential' | 'block' | 'address' | 'scopes' | 'tenant';

export interface Actor {
  readonly name: string;
  readonly weakness: Weakness;
  readonly credential: string | null;
  readonly scopes: readonly Scope[];
}

export interface Tenant {
  readonly email: string;
  readonly password: string;
  readonly userId: string;
  readonly organizationId: string;
  readonly token: string;
  readonly refreshToken: string;
}

const ownerScopes: readonly Scope[] = [
  ...(['ai:invoke', 'keys:manage', 'profile:manage', 'billing:read', 'billing:pay', 'usage:read'] as const),
];

/** Makes tenants, keys and the callers of the matrix in a world. */
export class Callers {
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  as(credential: string | null) {
    return createManagementClient(this.#baseUrl, credential);
  }

  async logIn(email: string, password: string) {
    return tokenAnswer.parse((await this.as(null).request('POST', '/v1/auth/login', { email, password })).json);
  }

  async signUp(name: string): Promise<Tenant> {
    const account = { email: `${name}@example.com`, password: `a long password of ${name}` };
    const { json } = await this.as(null).request('POST', '/v1/auth/register', { ...account, name });
    const { user } = registerAnswer.parse(json);
    const { accessToken: token, refreshToken } = await this.logIn(account.email, account.password);
    return { ...account, userId: user.id, organizationId: user.organizationId, token, refreshToken };
  }

  async createKey(maker: string, fields: Record<string, unknown> = {}) {
    const { json } = await this.as(maker).request('POST', '/v1/auth/api-keys', { name: 'k', ...fields });
    return createdApiKey.parse(json);
  }

  /** Every caller that must be refused. `operator` is an access token of the installation's administrator. */
  async createActors(victim: Tenant, operator: string): Promise<Actor[]> {
    const [ended, blocked, weak] = await Promise.all([
      this.#createEnded(victim),
      this.#createBlocked(operator),
      this.#createWeak(),
    ]);
    return [...ended, ...blocked, ...weak];
  }

  async #createEnded(victim: Tenant): Promise<Actor[]> {
    const own = await this.signUp('ended');
    const maker = await this.createKey(own.token, { scopes: ['ai:invoke', 'keys:manage'] });
    const child = await this.createKey(maker.key);
    const expired = await this.createKey(own.token, { expiresAt: new Date(Date.now() + 1500).toISOString() });
    const loggedOut = await this.logIn(own.email, own.password);
    const otherSession = await this.logIn(own.email, own.password);
    await this.as(loggedOut.accessToken).request('POST', '/v1/auth/logout', {});
    const passwords = { currentPassword: own.password, newPassword: 'another long password' };
    await this.as(own.token).request('POST', '/v1/users/password', passwords);
    await this.as(own.token).request('DELETE', `/v1/auth/api-keys/${maker.id}`);
    const credentials: Record<string, string | null> = {
      'no credential': null,
      'a malformed key': 'agk_live_x',
      'an invented key': createApiKey(randomBytes(32)),
      "the victim's refresh token": victim.refreshToken,
      "the victim's token, changed": `${victim.token.slice(0, -8)}AAAAAAAA`,
      'a revoked key': maker.key,
      'a child of a revoked key': child.key,
      'an expired key': expired.key,
      'a token after logout': loggedOut.accessToken,
      'a token of before the password changed': otherSession.accessToken,
    };
    const toActor = ([name, credential]: [string, string | null]): Actor => ({
      ...{ name, credential, weakness: 'credential', scopes: [] },
    });
    return Object.entries(credentials).map(toActor);
  }

  async #createBlocked(operator: string): Promise<Actor[]> {
    const [user, organization, owner] = await Promise.all(
      ['blocked-user', 'blocked-organization', 'blocked-key'].map((name) => this.signUp(name)),
    );
    if (user === undefined || organization === undefined || owner === undefined) throw new Error('no tenants');
    const keyOf = ({ token }: Tenant) => this.createKey(token, { scopes: ['ai:invoke', 'keys:manage'] });
    const [userKey, organizationKey, maker] = await Promise.all([user, organization, owner].map(keyOf));
    if (userKey === undefined || organizationKey === undefined || maker === undefined) throw new Error('no keys');
    const child = await this.createKey(maker.key);
    for (const path of [
      `users/${user.userId}`,
      `organizations/${organization.organizationId}`,
      `api-keys/${maker.id}`,
    ]) {
      await this.as(operator).request('PUT', `/v1/auth/blocks/${path}`);
    }
    const credentials: Record<string, string> = {
      'a blocked user': user.token,
      'a key of a blocked user': userKey.key,
      'a user of a blocked organisation': organization.token,
      'a key of a blocked organisation': organizationKey.key,
      'a blocked key': maker.key,
      'a child of a blocked key': child.key,
    };
    return Object.entries(credentials).map(([name, credential]) => ({
      ...{ name, credential, weakness: 'block', scopes: [] },
    }));
  }

  async #createWeak(): Promise<Actor[]> {
    const own = await this.signUp('intruder');
    const keyScopes = ownerScopes.filter((scope) => scope !== 'profile:manage');
    const [bound, usage, invoke, full] = await Promise.all([
      this.createKey(own.token, { allowedIps: ['192.0.2.1'] }),
      this.createKey(own.token, { scopes: ['usage:read'] }),
      this.createKey(own.token, { scopes: ['ai:invoke'] }),
      this.createKey(own.token, { scopes: keyScopes }),
    ]);
    return [
      { name: 'a key for another address', weakness: 'address', credential: bound.key, scopes: [] },
      { name: 'a key that reads usage', weakness: 'scopes', credential: usage.key, scopes: ['usage:read'] },
      { name: 'a key that calls models', weakness: 'scopes', credential: invoke.key, scopes: ['ai:invoke'] },
      { name: "another tenant's owner", weakness: 'tenant', credential: own.token, scopes: ownerScopes },
      { name: "another tenant's key", weakness: 'tenant', credential: full.key, scopes: keyScopes },
    ];
  }
}
