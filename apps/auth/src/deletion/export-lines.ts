import type { ExportedLine } from '@aggregator/contracts';
import { toOrganization } from '../accounts/to-user.ts';
import { toAuditEntry } from '../audit/to-audit-entry.ts';
import type { AuthContext } from '../auth-context.ts';
import { toBudget } from '../budgets/to-budget.ts';
import { toInvitation } from '../invitations/to-invitation.ts';
import { toApiKey } from '../keys/stored-key.ts';
import { readCeilings } from '../limits/read-ceilings.ts';
import { toLimit } from '../limits/to-limit.ts';
import { toMember } from '../members/show-members.ts';
import { toTeam } from '../teams/show-teams.ts';
import { toWebhook } from '../webhooks/endpoints.ts';

const pageSize = 500;

/** Yields everything that auth holds of an organisation, a page of rows in memory at a time. No secret is in it. */
export async function* exportLines(
  { database, limits }: Pick<AuthContext, 'database' | 'limits'>,
  organizationId: string,
): AsyncGenerator<ExportedLine> {
  const ceilings = await readCeilings(database, organizationId, limits);
  const where = { organizationId };
  const after = (cursor: string | undefined) => ({
    where: { ...where, ...(cursor !== undefined && { id: { gt: cursor } }) },
    orderBy: { id: 'asc' as const },
    take: pageSize,
  });
  const organization = await database.organization.findUniqueOrThrow({ where: { id: organizationId } });
  yield { type: 'organization', row: toOrganization(organization) };
  const members = (cursor: string | undefined) =>
    database.membership.findMany({
      where: { ...where, ...(cursor !== undefined && { userId: { gt: cursor } }) },
      include: { user: true, teams: true },
      orderBy: { userId: 'asc' },
      take: pageSize,
    });
  for await (const row of inPages(members, ({ userId }) => userId)) {
    yield { type: 'member', row: toMember(row) };
    for (const { teamId, userId, role } of row.teams) yield { type: 'team_member', row: { teamId, userId, role } };
  }
  for await (const row of inPages((cursor) => database.team.findMany(after(cursor)), toId)) {
    yield { type: 'team', row: toTeam(row) };
  }
  for await (const row of inPages((cursor) => database.budget.findMany(after(cursor)), toId)) {
    yield { type: 'budget', row: toBudget(row) };
  }
  for await (const row of inPages((cursor) => database.usageLimit.findMany(after(cursor)), toId)) {
    yield { type: 'limit', row: toLimit(row) };
  }
  for await (const row of inPages((cursor) => database.apiKey.findMany(after(cursor)), toId)) {
    yield { type: 'api_key', row: toApiKey(row, limits, ceilings) };
  }
  for await (const row of inPages((cursor) => database.invitation.findMany(after(cursor)), toId)) {
    yield { type: 'invitation', row: toInvitation(row) };
  }
  for await (const row of inPages((cursor) => database.webhookEndpoint.findMany(after(cursor)), toId)) {
    yield { type: 'webhook', row: toWebhook(row) };
  }
  for await (const row of inPages((cursor) => database.auditEntry.findMany(after(cursor)), toId)) {
    yield { type: 'audit_entry', row: toAuditEntry(row) };
  }
}

const toId = ({ id }: { id: string }) => id;

async function* inPages<Row>(
  read: (cursor: string | undefined) => Promise<Row[]>,
  cursorOf: (row: Row) => string,
): AsyncGenerator<Row> {
  let cursor: string | undefined;
  for (;;) {
    const rows = await read(cursor);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    cursor = cursorOf(last);
  }
}
