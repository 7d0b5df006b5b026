import { AppError, type MemberRole } from '@aggregator/contracts';
import { readRequestId } from '@aggregator/service-kit';
import type { Request, RequestHandler } from 'express';
import type { Actor } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import { sha256Hex } from '../keys/key-hasher.ts';
import { reachFor, readStanding, type Standing } from '../permissions/standing.ts';
import { toDomain } from '../sso/stored-provider.ts';
import { scimTokenPrefix } from './scim-tokens.ts';

/** The identity provider of one organisation. */
export interface ScimCaller {
  readonly organizationId: string;
  readonly actor: Actor;
  /** Role of members that it makes. */
  readonly role: MemberRole;
  readonly handKeysTo: string | undefined;
  /** True while the member that made the token is an owner: a token can do no more than its maker. */
  readonly managesOwners: boolean;
  /** Domains of the organisation's identity providers. Only people with such an address are its to make and to change. */
  readonly domains: ReadonlySet<string>;
}

const callers = new WeakMap<Request, ScimCaller>();

/** Lets a token of an organisation in that can act. Everything else is `invalid_token`, or `access_blocked`. */
export function requireScimToken({ database, keyHasher }: Pick<AuthContext, 'database' | 'keyHasher'>): RequestHandler {
  return async (request, _response, next) => {
    const [, token] = /^Bearer +(\S{1,200}) *$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token?.startsWith(scimTokenPrefix) !== true) throw invalidToken();
    const row = await database.scimToken.findFirst({
      where: { tokenHmac: { in: keyHasher.toHmacs(sha256Hex(token)) }, revokedAt: null },
      include: { organization: { include: { ssoProviders: { select: { domains: true } } } } },
    });
    if (row === null) throw invalidToken();
    const { organization, organizationId, role, handKeysTo } = row;
    if (organization.blockedAt !== null || organization.deleteAt !== null) throw new AppError('access_blocked');
    const maker = await readMaker(database, organizationId, row.createdById);
    callers.set(request, {
      ...{ organizationId, role, handKeysTo: handKeysTo ?? undefined },
      managesOwners: reachFor(maker, 'owners.manage') !== 'none',
      actor: { userId: null, keyId: null, peer: `scim:${row.id}`, requestId: readRequestId(request) },
      domains: new Set(organization.ssoProviders.flatMap(({ domains }) => domains)),
    });
    next();
  };
}

/** The member that the token belongs to: a token can do no more than its maker. Throws `insufficient_permissions`, `access_blocked`. */
async function readMaker(database: AuthContext['database'], organizationId: string, userId: string): Promise<Standing> {
  const maker = await readStanding(database, organizationId, userId);
  if (maker === null || reachFor(maker, 'members.manage') === 'none') {
    const message = 'The member who made this token does not manage members any more. Create another token.';
    throw new AppError('insufficient_permissions', { message });
  }
  const blocked = await database.user.count({ where: { id: userId, blockedAt: { not: null } } });
  if (blocked > 0) throw new AppError('access_blocked');
  return maker;
}

export function scimCallerOf(request: Request): ScimCaller {
  const caller = callers.get(request);
  if (caller === undefined) throw new AppError('internal_error', { internal: 'route without requireScimToken' });
  return caller;
}

/** True if people with the address are the organisation's own. */
export function ownsAddress({ domains }: ScimCaller, email: string | null): boolean {
  return email !== null && domains.has(toDomain(email));
}

const invalidToken = () => new AppError('invalid_token', { message: 'No valid SCIM token was given.' });
