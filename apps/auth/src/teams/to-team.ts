import type { Team } from '@aggregator/contracts';
import type { Team as TeamRow } from '../generated/prisma/client.ts';
import { readTeamModels } from '../keys/narrow-models.ts';

export function toTeam(row: TeamRow): Team {
  return {
    id: row.id,
    name: row.name,
    models: readTeamModels(row.models),
    createdAt: row.createdAt.toISOString(),
  };
}
