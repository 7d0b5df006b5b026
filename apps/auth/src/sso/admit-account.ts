import { AppError, type MemberRole, ssoMapping } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { SsoProvider, User } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { requirePlace } from '../members/require-place.ts';
import { toGrant } from './grant.ts';
import { placeInTeams } from './place-in-teams.ts';
import { reclaimAccount } from './reclaim-account.ts';
import type { SsoAccount } from './sso-account.ts';
import { toDomain } from './stored-provider.ts';

export interface Admission {
  readonly userId: string;
  readonly organizationId: string;
  /** What changed for the gateways; null if nothing did. */
  readonly change: 'joined' | 'role_changed' | null;
  readonly teamsChanged: readonly string[];
  /** True if sessions and API keys of before were ended. */
  readonly isReclaimed: boolean;
}

/**
 * Returns the user that an account of an identity provider is, with the role and the teams of the provider's mapping. An account that is
 * not linked yet is linked to the user with its address: only if the provider vouches for the address and the domain is the provider's.
 * @throws {AppError} `sso_not_allowed`; `access_blocked`; `conflict` if there are too many memberships
 */
export async function admitAccount(
  transaction: Transaction,
  now: Date,
  provider: SsoProvider,
  account: SsoAccount,
  requestId: string | undefined,
): Promise<Admission> {
  const { organizationId } = provider;
  await lockOrganization(transaction, organizationId);
  const organization = await transaction.organization.findUniqueOrThrow({ where: { id: organizationId } });
  if (organization.blockedAt !== null) throw new AppError('access_blocked');
  if (organization.deletedAt !== null) throw refused('the organisation was deleted');
  const linked = await transaction.ssoIdentity.findUnique({
    where: { providerId_subject: { providerId: provider.id, subject: account.subject } },
    include: { user: true },
  });
  const { user, isReclaimed } =
    linked === null
      ? await link(transaction, now, provider, account, requestId)
      : { user: linked.user, isReclaimed: false };
  if (user.blockedAt !== null) throw new AppError('access_blocked');
  const known = await transaction.scimUser.findFirst({ where: { organizationId, userId: user.id } });
  if (known?.isActive === false) throw refused('deactivated by SCIM');
  if (user.isOperator && !provider.isForOperators) throw refused('an operator');
  const actor: Actor = { userId: user.id, keyId: null, requestId };
  const grant = toGrant(ssoMapping.parse(provider.mapping), account.values);
  const change = await setRole(transaction, now, actor, provider, user, grant.role ?? provider.defaultRole);
  const teamsChanged = await placeInTeams(transaction, now, actor, { organizationId, userId: user.id, grant });
  return { userId: user.id, organizationId, change, teamsChanged, isReclaimed };
}

/** Finds the user with the address of the account, or makes one, and links it. */
async function link(
  transaction: Transaction,
  now: Date,
  provider: SsoProvider,
  account: SsoAccount,
  requestId: string | undefined,
): Promise<{ user: User; isReclaimed: boolean }> {
  const email = requireOwnAddress(provider, account);
  const found = await transaction.user.findUnique({ where: { email } });
  if (found?.isOperator === true && !provider.isForOperators) throw refused('an operator');
  if (found === null && !provider.createsUsers) throw refused('an unknown person');
  const user = found ?? (await createUser(transaction, now, provider, account, email));
  const actor: Actor = { userId: user.id, keyId: null, requestId };
  // Otherwise a stranger who made the account before would keep its password, sessions and keys.
  const isReclaimed = found !== null && found.emailVerifiedAt === null;
  if (isReclaimed) await reclaimAccount(transaction, now, actor, user);
  await transaction.ssoIdentity.create({
    data: { providerId: provider.id, subject: account.subject, userId: user.id, createdAt: now },
  });
  await writeAudit(transaction, now, actor, {
    organizationId: provider.organizationId,
    action: 'sso_identity_linked',
    subjectType: 'user',
    subjectId: user.id,
    details: { provider: provider.name, isNew: String(found === null), isReclaimed: String(isReclaimed) },
  });
  return { user, isReclaimed };
}

/** Returns the address if the provider vouches for it and may. */
function requireOwnAddress(provider: SsoProvider, { email, isEmailVerified }: SsoAccount): string {
  if (email === null) throw refused('no address');
  if (!(isEmailVerified ?? provider.isEmailTrusted)) throw refused('the address is not verified');
  if (!provider.domains.includes(toDomain(email))) throw refused('the address is of another domain');
  return email;
}

async function createUser(
  transaction: Transaction,
  now: Date,
  { organizationId }: SsoProvider,
  { name }: SsoAccount,
  email: string,
): Promise<User> {
  return await transaction.user.create({
    data: {
      ...{ id: createUuidV7(now.getTime()), organizationId, email, name: name ?? email, role: 'member' as const },
      ...{ emailVerifiedAt: now, createdAt: now },
    },
  });
}

/** Makes the user a member, or gives it the role that the mapping says. An owner stays one. */
async function setRole(
  transaction: Transaction,
  now: Date,
  actor: Actor,
  provider: SsoProvider,
  user: User,
  role: MemberRole | null,
): Promise<'joined' | 'role_changed' | null> {
  const { organizationId } = provider;
  const where = { organizationId_userId: { organizationId, userId: user.id } };
  const membership = await transaction.membership.findUnique({ where });
  if (membership?.role === 'owner') return null;
  if (role === null) throw refused('no role');
  const subject = { organizationId, subjectType: 'user' as const, subjectId: user.id };
  const by = { by: 'sso', provider: provider.name };
  if (membership === null) {
    if (!provider.createsUsers) throw refused('no member');
    await requirePlace(transaction, organizationId, user.id);
    await transaction.membership.create({ data: { organizationId, userId: user.id, role, createdAt: now } });
    await writeAudit(transaction, now, actor, { ...subject, action: 'member_joined', details: { role, ...by } });
    return 'joined';
  }
  const isMapped = ssoMapping.parse(provider.mapping).rules.some((rule) => rule.role !== undefined);
  if (!isMapped || membership.role === role) return null;
  await transaction.membership.update({ where, data: { role } });
  const details = { before: membership.role, after: role, ...by };
  await writeAudit(transaction, now, actor, { ...subject, action: 'member_role_changed', details });
  return 'role_changed';
}

const refused = (internal: string) => new AppError('sso_not_allowed', { internal });
