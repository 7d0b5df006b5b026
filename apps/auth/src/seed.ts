import { isWellFormedApiKey, type Scope } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, type AuditedChange, writeAudit } from './audit/write-audit.ts';
import { createDatabase, type Transaction } from './database/create-database.ts';
import { issueKey } from './keys/issue-key.ts';
import { createKeyHasher, type KeyHasher, sha256Hex } from './keys/key-hasher.ts';
import { hashPassword } from './passwords/hash-password.ts';

export interface SeedOptions {
  organizationName: string;
  adminEmail: string;
  /** Used only where the user does not exist yet. */
  adminPassword: string;
  /** As `KEY_PEPPER` holds it: the present one first, older ones after commas. */
  pepper: string;
  /** A key that must exist afterwards; where absent, a random one is made unless the user has any. */
  apiKey?: string;
}

export interface SeededAccount {
  organizationId: string;
  userId: string;
  /** The key where it was made now, else null: it is stored nowhere. */
  apiKey: string | null;
}

/** An SDK gets this key: a leak of it must not give the installation away. */
const developerScopes: readonly Scope[] = ['ai:invoke', 'billing:read', 'usage:read'];

/** No person, no key, no request: the installation itself. */
const installation: Actor = { userId: null, keyId: null, requestId: undefined };

/**
 * Makes one organisation, its admin and an API key of a developer, unless they exist. The admin's credential is the password:
 * the key calls models and reads usage and money, and changes nothing. Does nothing the second time, and
 * one at a time where several processes start together. Throws where `apiKey` is not a well-formed key.
 */
export async function seed(databaseUrl: string, options: SeedOptions): Promise<SeededAccount> {
  if (options.apiKey !== undefined && !isWellFormedApiKey(options.apiKey)) {
    throw new Error('The API key to seed is malformed. Leave it out to have one made.');
  }
  const hasher = createKeyHasher(options.pepper.split(',').map((pepper) => pepper.trim()));
  const passwordHash = await hashPassword(options.adminPassword);
  const database = createDatabase({ url: databaseUrl, connectionsMax: 1, onError: () => undefined });
  try {
    return await database.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('seed'))`;
      const { audited: userAudited, ...admin } = await findOrCreateAdmin(transaction, options, passwordHash);
      const { audited: keyAudited, apiKey } = await createKeyIfMissing(transaction, hasher, admin, options.apiKey);
      for (const change of [...userAudited, ...keyAudited])
        await writeAudit(transaction, new Date(), installation, change);
      return { ...admin, apiKey };
    });
  } finally {
    await database.$disconnect();
  }
}

async function findOrCreateAdmin(
  transaction: Transaction,
  options: SeedOptions,
  passwordHash: string,
): Promise<{ organizationId: string; userId: string; audited: AuditedChange[] }> {
  const email = options.adminEmail.toLowerCase();
  const found = await transaction.user.findUnique({ where: { email } });
  if (found !== null) return { organizationId: found.organizationId, userId: found.id, audited: [] };
  const now = new Date();
  const organizationId = createUuidV7();
  const userId = createUuidV7();
  await transaction.organization.create({
    data: { id: organizationId, name: options.organizationName, createdAt: now },
  });
  await transaction.user.create({
    data: {
      ...{ id: userId, organizationId, email, name: 'Administrator', passwordHash, role: 'admin', isOperator: true },
      createdAt: now,
      emailVerifiedAt: now,
      memberships: { create: { organizationId, role: 'owner', createdAt: now } },
    },
  });
  const audited: AuditedChange[] = [
    {
      organizationId,
      action: 'user_created',
      subjectType: 'user',
      subjectId: userId,
      details: { role: 'owner', isOperator: 'yes' },
    },
  ];
  return { organizationId, userId, audited };
}

async function createKeyIfMissing(
  transaction: Transaction,
  hasher: KeyHasher,
  admin: { organizationId: string; userId: string },
  apiKey: string | undefined,
): Promise<{ apiKey: string | null; audited: AuditedChange[] }> {
  const which =
    apiKey === undefined ? { userId: admin.userId } : { keyHmac: { in: hasher.toHmacs(sha256Hex(apiKey)) } };
  if ((await transaction.apiKey.count({ where: which })) > 0) return { apiKey: null, audited: [] };
  const now = new Date();
  const keyToIssue = {
    ...admin,
    name: 'First key',
    scopes: developerScopes,
    models: null,
    teamId: null,
    allowedIps: null,
    allowedOrigins: null,
    limits: {},
    privacy: null,
    cacheMarks: null,
    expiresAt: null,
    createdByKeyId: null,
  };
  const { key, row } = await issueKey(transaction, hasher, now, keyToIssue, apiKey);
  const audited: AuditedChange = {
    organizationId: admin.organizationId,
    action: 'api_key_created',
    subjectType: 'api_key',
    subjectId: row.id,
    details: { scopes: developerScopes },
  };
  return { apiKey: key, audited: [audited] };
}
