import { randomBytes } from 'node:crypto';
import {
  apiKeyPrefix,
  type CacheMarks,
  createApiKey,
  type PrincipalLimits,
  type PrivacyPolicy,
  type Scope,
} from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import { type ApiKey as ApiKeyRow, Prisma } from '../generated/prisma/client.ts';
import { type KeyHasher, sha256Hex } from './key-hasher.ts';

/** Digits after the prefix that a key may be recognised by. */
const shownDigits = 4;

export interface KeyToIssue {
  organizationId: string;
  userId: string;
  /** The team that it works for; null if none. */
  teamId: string | null;
  name: string;
  scopes: readonly Scope[];
  models: readonly string[] | null;
  allowedIps: readonly string[] | null;
  allowedOrigins: readonly string[] | null;
  /** The key's own limits only. */
  limits: Partial<PrincipalLimits>;
  privacy: PrivacyPolicy | null;
  cacheMarks: CacheMarks | null;
  expiresAt: Date | null;
  /** The key that makes it; null if a user or the installation does. */
  createdByKeyId: string | null;
}

export interface IssuedKey {
  /** Exists here and in the answer to its owner, and nowhere else. */
  key: string;
  keySha256: string;
  row: ApiKeyRow;
}

/** Makes a key and its row. `key` is given only where an installation brings its own; else it is random. */
export async function issueKey(
  transaction: Transaction,
  hasher: KeyHasher,
  now: Date,
  toIssue: KeyToIssue,
  key: string = createApiKey(randomBytes(32)),
): Promise<IssuedKey> {
  const id = createUuidV7(now.getTime());
  const keySha256 = sha256Hex(key);
  const row = await transaction.apiKey.create({
    data: {
      id,
      ...hasher.toStored(keySha256, id),
      organizationId: toIssue.organizationId,
      userId: toIssue.userId,
      teamId: toIssue.teamId,
      name: toIssue.name,
      prefix: key.slice(0, apiKeyPrefix.length + shownDigits),
      last4: key.slice(-4),
      scopes: [...toIssue.scopes],
      models: toIssue.models === null ? Prisma.DbNull : [...toIssue.models],
      allowedIps: toIssue.allowedIps === null ? Prisma.DbNull : [...toIssue.allowedIps],
      allowedOrigins: toIssue.allowedOrigins === null ? Prisma.DbNull : [...toIssue.allowedOrigins],
      limits: { ...toIssue.limits },
      privacy: toIssue.privacy === null ? Prisma.DbNull : { ...toIssue.privacy },
      cacheMarks: toIssue.cacheMarks,
      createdAt: now,
      expiresAt: toIssue.expiresAt,
      createdByKeyId: toIssue.createdByKeyId,
    },
  });
  return { key, keySha256, row };
}
