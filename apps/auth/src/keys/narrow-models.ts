import { z } from 'zod';

const stored = z.array(z.string()).nullable();

/** Returns the models of a key that its team allows too; null means all. Names count as they are written in both lists. */
export function narrowModels(ofKey: string[] | null, team: { models: unknown } | null): string[] | null {
  const ofTeam = readTeamModels(team?.models);
  if (ofTeam === null) return ofKey;
  return ofKey === null ? ofTeam : ofKey.filter((model) => ofTeam.includes(model));
}

/** Returns the models in a column of JSON; null means all. Throws if the column holds anything else. */
export function readTeamModels(column: unknown): string[] | null {
  return stored.parse(column ?? null);
}
