import { type SsoProvider, ssoMapping } from '@aggregator/contracts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { SsoProvider as Row } from '../generated/prisma/client.ts';

/** Where the identity provider sends people back to. One for each provider, so that no provider answers for another. */
export function toRedirectUri(publicUrl: string, name: string): string {
  return `${publicUrl.replace(/\/$/, '')}/v1/auth/sso/${name}/callback`;
}

export function toSsoProvider(row: Row, publicUrl: string): Omit<SsoProvider, 'changedBy' | 'changedByName'> {
  return {
    name: row.name,
    label: row.label,
    issuer: row.issuer,
    clientId: row.clientId,
    scopes: row.scopes,
    organizationId: row.organizationId,
    domains: row.domains,
    isEnforced: row.isEnforced,
    isListed: row.isListed,
    createsUsers: row.createsUsers,
    isEmailTrusted: row.isEmailTrusted,
    isForOperators: row.isForOperators,
    defaultRole: row.defaultRole === 'owner' ? null : row.defaultRole,
    mapping: ssoMapping.parse(row.mapping),
    hasClientSecret: row.secretSealed !== null,
    redirectUri: toRedirectUri(publicUrl, row.name),
    createdAt: row.createdAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
  };
}

export function toDomain(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}

/** True if people with this address cannot log in with a password. */
export async function isSsoRequired(database: Database | Transaction, email: string): Promise<boolean> {
  const where = { isEnforced: true, domains: { has: toDomain(email) } };
  return (await database.ssoProvider.findFirst({ where, select: { id: true } })) !== null;
}
