import { AppError, type PutSsoProviderRequest } from '@aggregator/contracts';
import { createUuidV7, type EgressAllowlist, judgeBaseUrl, requireMatch } from '@aggregator/service-kit';
import type { Caller } from '../audit/caller.ts';
import { showOne } from '../audit/show-one.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import type { SsoProvider } from '../generated/prisma/client.ts';
import { showProviders } from './show-providers.ts';

export const ssoProvidersMax = 100;

type Parts = Pick<AuthContext, 'database' | 'now' | 'publicUrl' | 'ssoSecrets' | 'ssoAllowlist'>;

/**
 * Makes an identity provider, or replaces it whole.
 * @throws {AppError} `invalid_value` for an issuer that cannot be called, or an organisation or team that does not exist; `conflict` if
 * a domain belongs to another organisation, or there are too many; `precondition_failed`
 */
export async function saveProvider(
  { database, now: clock, publicUrl, ssoSecrets, ssoAllowlist }: Parts,
  caller: Caller,
  name: string,
  { clientSecret, ...request }: PutSsoProviderRequest,
): Promise<SsoProvider> {
  const now = clock();
  requireIssuer(request.issuer, ssoAllowlist);
  return database.$transaction(async (transaction) => {
    await lockProviders(transaction);
    const before = await transaction.ssoProvider.findUnique({ where: { name } });
    await requireSame(transaction, caller, publicUrl, before);
    await requireOrganization(transaction, request);
    await requireFreeDomains(transaction, name, request);
    const id = before?.id ?? createUuidV7(now.getTime());
    if (before === null && (await transaction.ssoProvider.count()) >= ssoProvidersMax) {
      throw new AppError('conflict', {
        message: `There are ${ssoProvidersMax} identity providers, which is the most.`,
      });
    }
    // Subjects are those of one issuer: another one may give them to other people.
    if (before !== null && (before.issuer !== request.issuer || before.organizationId !== request.organizationId)) {
      await transaction.ssoIdentity.deleteMany({ where: { providerId: id } });
    }
    const secret =
      clientSecret === undefined
        ? {}
        : { secretSealed: clientSecret === null ? null : ssoSecrets.seal(clientSecret, id) };
    const data = { ...request, scopes: withOpenId(request.scopes), ...secret, changedAt: now };
    const row = await transaction.ssoProvider.upsert({
      where: { name },
      create: { ...data, id, name, createdAt: now },
      update: data,
    });
    await writeAudit(transaction, now, caller, {
      organizationId: row.organizationId,
      action: 'sso_provider_set',
      subjectType: 'sso_provider',
      subjectId: id,
      details: { name, issuer: row.issuer, domains: row.domains, isEnforced: String(row.isEnforced) },
    });
    return row;
  });
}

/** Removes an identity provider and the links of users to it. The users stay. Throws `not_found`, `precondition_failed`. */
export async function deleteProvider(
  { database, now: clock, publicUrl }: Pick<AuthContext, 'database' | 'now' | 'publicUrl'>,
  caller: Caller,
  name: string,
): Promise<void> {
  const now = clock();
  await database.$transaction(async (transaction) => {
    await lockProviders(transaction);
    const found = await transaction.ssoProvider.findUnique({ where: { name } });
    if (found === null) throw new AppError('not_found');
    await requireSame(transaction, caller, publicUrl, found);
    await transaction.ssoProvider.delete({ where: { name } });
    await writeAudit(transaction, now, caller, {
      organizationId: found.organizationId,
      action: 'sso_provider_deleted',
      subjectType: 'sso_provider',
      subjectId: found.id,
      details: { name },
    });
  });
}

/** Compares the provider with the one that the caller has read. */
async function requireSame(
  transaction: Transaction,
  { ifMatch }: Caller,
  publicUrl: string,
  row: SsoProvider | null,
): Promise<void> {
  await requireMatch(ifMatch, () => row && showOne(showProviders(transaction, publicUrl, [row])));
}

/** One change at a time, so that no domain is given away twice. */
async function lockProviders(transaction: Transaction): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM pg_advisory_xact_lock(hashtext('sso_provider'))`;
}

function requireIssuer(issuer: string, allowlist: EgressAllowlist): void {
  const verdict = judgeBaseUrl(issuer, allowlist);
  if (verdict.isAllowed) return;
  throw new AppError('invalid_value', { param: 'issuer', message: `'issuer' cannot be called: ${verdict.reason}.` });
}

async function requireOrganization(
  transaction: Transaction,
  { organizationId, mapping }: PutSsoProviderRequest,
): Promise<void> {
  const found = await transaction.organization.findFirst({ where: { id: organizationId, deletedAt: null } });
  if (found === null) {
    throw new AppError('invalid_value', { param: 'organizationId', message: 'There is no such organisation.' });
  }
  const teamIds = [...new Set(mapping.rules.flatMap(({ teamId }) => teamId ?? []))];
  const present = await transaction.team.count({ where: { organizationId, id: { in: teamIds } } });
  if (present === teamIds.length) return;
  throw new AppError('invalid_value', {
    param: 'mapping',
    message: "A 'teamId' of 'mapping' is no team of the organisation.",
  });
}

/** A domain can have several providers, but of one organisation alone. */
async function requireFreeDomains(
  transaction: Transaction,
  name: string,
  { domains, organizationId }: PutSsoProviderRequest,
): Promise<void> {
  const other = await transaction.ssoProvider.findFirst({
    where: { name: { not: name }, organizationId: { not: organizationId }, domains: { hasSome: domains } },
  });
  if (other === null) return;
  const message = `A domain of 'domains' belongs to the organisation of the provider '${other.name}'.`;
  throw new AppError('conflict', { param: 'domains', message });
}

const withOpenId = (scopes: readonly string[]) => [...new Set(['openid', ...scopes])];
