import type { NamesAnswer } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';

const found = z.array(z.object({ id: z.string(), name: z.string() }));

/**
 * Returns the names of users, API keys and teams of one organisation by id. Members who left and teams that were deleted have a
 * name too, because statements of earlier months show them. Names are those of now: after a person is deleted, no name is left.
 */
export async function readNames(
  database: Database,
  organizationId: string,
  ids: readonly string[],
): Promise<NamesAnswer['names']> {
  if (ids.length === 0) return {};
  const rows = await database.$queryRaw`
    WITH asked AS (SELECT DISTINCT id FROM unnest(${[...ids]}::uuid[]) AS asked(id)),
      past AS (
        SELECT asked.id, action, details ->> 'name' AS name FROM asked JOIN audit_entry
          ON subject_type IN ('user', 'team') AND subject_id = asked.id::text
        WHERE organization_id = ${organizationId}::uuid AND action IN ('member_left', 'member_removed', 'team_deleted')
      )
    SELECT id::text, name FROM api_key WHERE organization_id = ${organizationId}::uuid AND id IN (SELECT id FROM asked)
    UNION ALL
    SELECT id::text, name FROM team WHERE organization_id = ${organizationId}::uuid AND id IN (SELECT id FROM asked)
    UNION ALL
    SELECT id::text, name FROM past WHERE action = 'team_deleted' AND name IS NOT NULL
    UNION ALL
    SELECT id::text, name FROM "user" WHERE id IN (
      SELECT user_id FROM membership WHERE organization_id = ${organizationId}::uuid AND user_id IN (SELECT id FROM asked)
      UNION ALL
      SELECT id FROM past WHERE action <> 'team_deleted'
    )`;
  return Object.fromEntries(found.parse(rows).map(({ id, name }) => [id, name]));
}
