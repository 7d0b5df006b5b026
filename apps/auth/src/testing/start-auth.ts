import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import {
  type CreatedApiKey,
  createdApiKey,
  type KeyInvalidation,
  keyInvalidation,
  keyInvalidationChannel,
  type MemberRole,
  type PermissionRole,
  type Principal,
  peerHeader,
  principalHeader,
  type ServiceName,
  scopesOf,
  type TokenAnswer,
  tokenAnswer,
} from '@aggregator/contracts';
import { createMemoryInvalidationChannel, type InvalidationChannel } from '@aggregator/invalidation';
import type { MailMessage, MailTransport } from '@aggregator/notifications';
import {
  createIdentitySigner,
  createInternalKeyring,
  createLogger,
  type RunningService,
  startService,
} from '@aggregator/service-kit';
import { createFakeClock, createTestDatabase, type FakeClock } from '@aggregator/testing';
import type { AuthContext } from '../auth-context.ts';
import { authService } from '../index.ts';

const signingKey = 'i'.repeat(43);
const testPepper = 'p'.repeat(43);

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  body: unknown;
}

export interface Call {
  body?: unknown;
  /** Whose signed header goes along: a principal's (as the gateway forwards it), a peer's, or none. */
  as?: Principal | ServiceName;
  address?: string;
  headers?: Record<string, string>;
}

export interface Account {
  email: string;
  password: string;
  principal: Principal;
}

/** The real service on a separate database, as the gateway sees it. */
export interface AuthHarness {
  readonly service: RunningService<AuthContext>;
  readonly database: AuthContext['database'];
  readonly databaseUrl: string;
  readonly clock: FakeClock;
  /** What gateways must forget, oldest first. */
  readonly published: KeyInvalidation[];
  /** Mails that were sent, oldest first. */
  readonly mails: MailMessage[];
  /** The invalidation channel refuses everything while true. */
  channel: { isDown: boolean };
  readLog(): string;
  call(method: string, path: string, call?: Call): Promise<Answer>;
  /** Headers that a request of this caller has. */
  identify(as: Call['as']): Promise<Record<string, string>>;
  /** Registers through the public route; the role is then set in the database; an operator owns its organisation too. */
  createAccount(role?: MemberRole | 'operator'): Promise<Account>;
  /** A new person in the organisation of the principal, with a session there. */
  createMember(principal: Principal, role: MemberRole): Promise<Account>;
  logIn(account: Pick<Account, 'email' | 'password'>): Promise<TokenAnswer>;
  createKey(principal: Principal, request?: Record<string, unknown>): Promise<CreatedApiKey>;
  stop(): Promise<void>;
}

export async function startAuth(environment: Record<string, string> = {}): Promise<AuthHarness> {
  const testDatabase = await createTestDatabase({ service: 'auth' });
  const config = authService.readConfig({
    AUTH_PORT: '0',
    INTERNAL_SIGNING_KEY: signingKey,
    AUTH_DATABASE_URL: testDatabase.url,
    KEY_PEPPER: testPepper,
    AUTH_JWT_PRIVATE_KEY: 'j'.repeat(43),
    MAIL_TRANSPORT: 'log',
    ...environment,
  });
  const clock = createFakeClock();
  const published: KeyInvalidation[] = [];
  const channel = { isDown: false };
  const mails: MailMessage[] = [];
  const log: string[] = [];
  const stream = new PassThrough().on('data', (line: Buffer) => log.push(line.toString()));
  const service = await startService(authService, config, {
    now: clock.now,
    invalidation: await listenIn(published, channel),
    ...(config.mailTransport === 'log' && { mailTransport: keepMails(mails) }),
    logger: createLogger({ service: 'auth', level: 'debug', stream }),
  });
  // Prisma imports its compiler at the first query; Jest refuses an import between two tests, where a worker could be the first.
  await service.context.database.$queryRaw`SELECT 1`;
  const signer = createIdentitySigner(createInternalKeyring(signingKey), 'api-gateway');
  const call = createCall(service.url, signer);
  const createAccount = createAccounts(service.context.database, call);
  return {
    service,
    database: service.context.database,
    databaseUrl: testDatabase.url,
    clock,
    published,
    mails,
    channel,
    readLog: () => log.join(''),
    call,
    identify: (as) => identify(signer, as),
    createAccount,
    async createMember({ orgId: organizationId }, role) {
      const account = await createAccount();
      const { userId } = account.principal;
      const createdAt = new Date(clock.now());
      await service.context.database.membership.create({ data: { organizationId, userId, role, createdAt } });
      return { ...account, principal: { ...principalFor(organizationId, userId, [role]), sessionId: randomUUID() } };
    },
    async logIn({ email, password }) {
      const answer = await call('POST', '/v1/auth/login', { as: 'api-gateway', body: { email, password } });
      return tokenAnswer.parse(answer.body);
    },
    async createKey(principal, request = {}) {
      const answer = await call('POST', '/v1/auth/api-keys', { as: principal, body: { name: 'key', ...request } });
      return createdApiKey.parse(answer.body);
    },
    async stop() {
      await service.stop();
      await testDatabase.drop();
    },
  };
}

function createCall(url: string, signer: ReturnType<typeof createIdentitySigner>): AuthHarness['call'] {
  return async (method, path, { body, as, address, headers } = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'x-forwarded-for': address ?? '192.0.2.1',
        ...(await identify(signer, as)),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' || isText(response) ? undefined : JSON.parse(text),
    };
  };
}

function createAccounts(database: AuthContext['database'], call: AuthHarness['call']): AuthHarness['createAccount'] {
  let accounts = 0;
  return async (role = 'owner') => {
    accounts += 1;
    const account = { email: `user${accounts}@example.com`, password: `a long password ${accounts}` };
    const address = `2001:db8:${accounts.toString(16)}::1`;
    const answer = await call('POST', '/v1/auth/register', {
      as: 'api-gateway',
      address,
      body: { ...account, name: `User ${accounts}` },
    });
    if (answer.status !== 201) throw new Error(`registration answered ${answer.text}`);
    const { email } = account;
    const isOperator = role === 'operator';
    const memberRole = isOperator ? 'owner' : role;
    const user = await database.user.update({ where: { email }, data: { isOperator } });
    await database.membership.updateMany({ where: { userId: user.id }, data: { role: memberRole } });
    const roles = [memberRole, ...(isOperator ? (['operator'] as const) : [])];
    return { ...account, principal: principalFor(user.organizationId, user.id, roles) };
  };
}

export function principalFor(orgId: string, userId: string, roles: readonly PermissionRole[]): Principal {
  return {
    orgId,
    userId,
    keyId: null,
    scopes: scopesOf(roles),
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
  };
}

async function identify(
  signer: ReturnType<typeof createIdentitySigner>,
  as: Principal | ServiceName | undefined,
): Promise<Record<string, string>> {
  if (as === undefined) return {};
  if (typeof as === 'object') return { [principalHeader]: await signer.signPrincipal(as, 'auth') };
  const peer = createIdentitySigner(createInternalKeyring(signingKey), as);
  return { [peerHeader]: await peer.signPeer('auth') };
}

/** True for a file, which is no JSON document. */
function isText({ headers }: Response): boolean {
  return /ndjson|csv/.test(headers.get('content-type') ?? '');
}

function keepMails(mails: MailMessage[]): MailTransport {
  return {
    send: async (message) => {
      mails.push(message);
    },
    close: () => Promise.resolve(),
  };
}

/** The embedded channel, with an ear on it and a switch to break it. */
async function listenIn(published: KeyInvalidation[], channel: { isDown: boolean }): Promise<InvalidationChannel> {
  const memory = createMemoryInvalidationChannel();
  const record = (message: string) => void published.push(keyInvalidation.parse(JSON.parse(message)));
  await memory.subscribe(keyInvalidationChannel, record, () => undefined);
  return {
    ...memory,
    async publish(name, message) {
      if (channel.isDown) throw new Error('the channel is down');
      await memory.publish(name, message);
    },
  };
}
