import { actions, memberRole, type PermissionRole, permissions, reachOf, type Scope } from '@aggregator/contracts';
import { type Mailbox, startMailbox, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers } from './tenant-actors.ts';
import { type MatrixRoute, matrixRoutes } from './tenant-routes.ts';

const password = 'a long password of a member';

/** Routes of the other services: auth walks its own. Each needs one scope. */
const routes = matrixRoutes.flatMap(({ needs, ...row }) => {
  const isOfAuth = / \/v1\/(?:auth|users\/(?:profile|password|sessions))/.test(row.route);
  return isOfAuth || needs === 'any' || needs === 'session' ? [] : [{ ...row, needs }];
});

/** True if the table gives one of the roles an action that needs the scope. */
const isAllowed = (roles: readonly PermissionRole[], scope: Scope) =>
  actions.some((action) => permissions[action].needs === scope && reachOf(roles, action) !== 'none');

/** 503 is the answer of a route whose outside service, of payments for example, is not configured. */
function toVerdict(status: number): string {
  if (status === 403) return 'refused';
  return status === 401 || (status >= 500 && status !== 503) ? `failed with ${status}` : 'allowed';
}

describe('every route of the other services with every role', () => {
  let mailbox: Mailbox;
  let world: World;
  let callers: Callers;
  let owner: { token: string; organizationId: string };
  beforeAll(async () => {
    mailbox = await startMailbox();
    world = await startWorld({
      ...{ MANAGEMENT_REQUESTS_PER_MINUTE: '100000', LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' },
      ...{ MAIL_TRANSPORT: 'smtp', SMTP_URL: mailbox.url, MAIL_FROM: 'noreply@example.com' },
    });
    callers = new Callers(world.baseUrl);
    owner = await callers.signUp('founder');
  });
  afterAll(async () => {
    await world.destroy();
    await mailbox.stop();
  });

  /** Invites a person by a real mail, accepts, and logs in to the organisation. */
  async function join(role: string): Promise<string> {
    const email = `${role}@example.com`;
    const invited = await callers.as(owner.token).request('POST', '/v1/auth/organization/invitations', { email, role });
    expect(invited.status).toBe(201);
    const findMail = () => mailbox.received.find(({ to }) => to.includes(email));
    await waitFor(async () => findMail() !== undefined, { describe: `the mail to ${email}`, timeoutMs: 20_000 });
    const body = { token: /#token=(\S+)/.exec(findMail()?.text ?? '')?.[1], name: role, password };
    expect((await callers.as(null).request('POST', '/v1/auth/invitations/accept', body)).status).toBe(201);
    const login = { email, password, organizationId: owner.organizationId };
    const { json } = await callers.as(null).request('POST', '/v1/auth/login', login);
    return (json as { accessToken: string }).accessToken;
  }

  const call = async (token: string, { route, path, body }: Omit<MatrixRoute, 'needs'>) => {
    const [method = '', declared = ''] = route.split(' ');
    const url = (path ?? declared).replace(/:\w+/g, () => crypto.randomUUID());
    return (await callers.as(token).request(method, url, body)).status;
  };

  it('has routes of four services', () => {
    expect(routes.length).toBeGreaterThan(25);
  });

  it.each(memberRole.options)('decides as the table of permissions says for %s (I17)', async (role) => {
    const token = await join(role);
    const seen: string[] = [];
    for (const row of routes) seen.push(`${row.route}: ${toVerdict(await call(token, row))}`);

    expect(seen).toEqual(
      routes.map(({ route, needs }) => `${route}: ${isAllowed([role], needs) ? 'allowed' : 'refused'}`),
    );
  });
});
