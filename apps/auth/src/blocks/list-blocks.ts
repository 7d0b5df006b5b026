import type { BlockList } from '@aggregator/contracts';
import type { Database } from '../database/create-database.ts';

const perKindMax = 100;

/** Returns what the operator blocks now, newest first; at most 100 of each kind. */
export async function listBlocks(database: Database): Promise<BlockList> {
  const query = {
    where: { blockedAt: { not: null } },
    select: { id: true, blockedAt: true },
    orderBy: { blockedAt: 'desc' as const },
    take: perKindMax,
  };
  const [organizations, users, keys] = await Promise.all([
    database.organization.findMany(query),
    database.user.findMany(query),
    database.apiKey.findMany(query),
  ]);
  const toBlocks = (kind: BlockList['data'][number]['kind'], rows: typeof organizations) =>
    rows.flatMap(({ id, blockedAt }) => (blockedAt === null ? [] : [{ kind, id, blockedAt: blockedAt.toISOString() }]));
  const data = [
    ...toBlocks('organizations', organizations),
    ...toBlocks('users', users),
    ...toBlocks('api-keys', keys),
  ];
  return { data: data.sort((one, other) => other.blockedAt.localeCompare(one.blockedAt)) };
}
