import { isDeepStrictEqual } from 'node:util';
import { AppError, type PrivacyPolicy, type UpdateOrganizationRequest } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { type Organization as OrganizationRow, Prisma } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { refuseTooLong } from '../privacy/join-policies.ts';
import { masksAtLeast } from '../privacy/masks-at-least.ts';
import { readStoredPolicy } from '../privacy/stored-policy.ts';
import { showOrganization } from './show-organizations.ts';

/**
 * Changes the caller's organisation; what is not given stays. Throws `not_found`, `insufficient_permissions` where an API
 * key would have less masked, and `invalid_value` where the policy does not fit together with that of a key.
 */
export async function updateOrganization(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { privacy, storesResponses, tagKeys }: UpdateOrganizationRequest,
): Promise<OrganizationRow> {
  const now = clock();
  const { orgId: id } = caller.principal;
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, id);
    const found = await transaction.organization.findUnique({ where: { id } });
    if (found === null) throw new AppError('not_found');
    await requireMatch(caller.ifMatch, () => showOrganization(transaction, found));
    const present = readStoredPolicy(found.privacy);
    const masks = privacy !== undefined && !isDeepStrictEqual(privacy, present);
    const stores = storesResponses !== undefined && storesResponses !== found.storesResponses;
    const tags = tagKeys !== undefined && !isDeepStrictEqual(tagKeys, found.tagKeys);
    if (!masks && !stores && !tags) return found;
    if (masks) {
      refuseLoosening(caller, privacy, present);
      await refuseUnfit(transaction, id, now, privacy);
    }
    if (stores && storesResponses) refuseStoring(caller);
    const row = await transaction.organization.update({
      where: { id },
      data: {
        ...(masks && { privacy: privacy === null ? Prisma.DbNull : { ...privacy } }),
        ...(stores && { storesResponses }),
        ...(tags && { tagKeys }),
      },
    });
    await writeAudit(transaction, now, caller, {
      organizationId: id,
      action: 'organization_updated',
      subjectType: 'organization',
      subjectId: id,
      details: {
        fields: Object.entries({ privacy: masks, storesResponses: stores, tagKeys: tags })
          .filter(([, isChanged]) => isChanged)
          .map(([field]) => field),
        isMasking: (masks ? privacy : present)?.mode === 'mask' ? 'yes' : 'no',
      },
    });
    return row;
  });
}

/** A key is bound by the policy with any scopes: it may add to it, and only a person who logged in may take from it. */
function refuseLoosening({ principal }: Caller, privacy: PrivacyPolicy | null, present: PrivacyPolicy | null): void {
  if (principal.keyId === null || masksAtLeast(privacy, present)) return;
  throw new AppError('insufficient_permissions', {
    param: 'privacy',
    message: 'An API key can only add to what its organisation masks. Log in to mask less.',
  });
}

/** A key can switch storing off, and only a person who logged in can switch it on again. */
function refuseStoring({ principal }: Caller): void {
  if (principal.keyId === null) return;
  throw new AppError('insufficient_permissions', {
    param: 'storesResponses',
    message: 'An API key can only switch the storing of responses off. Log in to switch it on.',
  });
}

/** There are a thousand keys at most, and few of them have a policy. */
async function refuseUnfit(
  transaction: Transaction,
  organizationId: string,
  now: Date,
  privacy: PrivacyPolicy | null,
): Promise<void> {
  if (privacy?.mode !== 'mask') return;
  const rows = await transaction.apiKey.findMany({
    where: {
      organizationId,
      revokedAt: null,
      OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
      privacy: { not: Prisma.DbNull },
    },
    select: { id: true, privacy: true },
  });
  for (const row of rows) refuseTooLong(privacy, readStoredPolicy(row.privacy), `the key ${row.id}`);
}
