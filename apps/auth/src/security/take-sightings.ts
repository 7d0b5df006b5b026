import type { KeySightings } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import { joinAddresses, judgeSighting } from './judge-sighting.ts';
import { recordSecurityEvent } from './record-security-event.ts';

type Parts = Pick<AuthContext, 'database' | 'now' | 'mails' | 'sendsMails' | 'events'>;

/** Keeps which API keys were used from where, and records what is suspicious in it. */
export async function takeSightings(parts: Parts, { keys, rejected }: KeySightings): Promise<void> {
  const { database, now: clock } = parts;
  const now = clock();
  const ids = keys.map(({ keyId }) => keyId);
  const [uses, rows] = await Promise.all([
    database.keyUse.findMany({ where: { keyId: { in: ids } } }),
    database.apiKey.findMany({
      where: { id: { in: ids } },
      select: { id: true, organizationId: true, createdAt: true },
    }),
  ]);
  const useOf = new Map(uses.map((use) => [use.keyId, use]));
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  for (const { keyId, addresses, requests } of keys) {
    const row = rowOf.get(keyId);
    if (row === undefined) continue;
    const { organizationId, createdAt } = row;
    const known = useOf.get(keyId) ?? null;
    const suspicions = judgeSighting({ addresses, requests }, known, createdAt, now);
    const use = { addresses: joinAddresses(known?.addresses ?? [], addresses), lastUsedAt: now };
    await database.$transaction(async (transaction) => {
      await transaction.keyUse.upsert({
        where: { keyId },
        create: { keyId, organizationId, firstUsedAt: now, ...use },
        update: use,
      });
      for (const suspicion of suspicions) {
        const subject = { organizationId, subjectType: 'api_key', subjectId: keyId } as const;
        await recordSecurityEvent(transaction, now, parts, { ...suspicion, ...subject });
      }
    });
  }
  for (const { address, count } of rejected) {
    await database.$transaction((transaction) =>
      recordSecurityEvent(transaction, now, parts, {
        ...{ organizationId: null, type: 'address.rejected_credentials', severity: 'medium' },
        ...{ subjectType: 'address', subjectId: address, details: { count } },
      }),
    );
  }
}
