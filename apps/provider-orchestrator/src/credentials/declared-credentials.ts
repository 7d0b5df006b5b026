import type { DeclaredCredential } from '@aggregator/contracts';
import { type Envelope, Secret } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import { sealOwnerOf } from './stored-credentials.ts';

/** So long a key that nothing names any more is still answered: to proxies that are taking an earlier snapshot. */
const retiredForMs = 10 * 60_000;

/**
 * Keeps what an owner hands over, sealed, each under the id that the owner made. An id that is bound to another provider or
 * owner stays as it is: a provider that names it is then rejected, because it has no such credential. Returns
 * `<provider>/<id>` of each that is new or has changed.
 */
export async function keepDeclared(
  tx: Transaction,
  envelope: Envelope,
  owner: string,
  credentials: readonly DeclaredCredential[],
): Promise<string[]> {
  const ids = credentials.map(({ id }) => id);
  const kept = new Map(
    (await tx.declaredCredential.findMany({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
  );
  const changed: string[] = [];
  const fresh = new Map<string, { id: string; owner: string; providerName: string; sealed: string }>();
  for (const { id, provider, value } of credentials) {
    const row = kept.get(id);
    const boundTo = sealOwnerOf(provider, id);
    if (row === undefined) {
      changed.push(boundTo);
      fresh.set(id, { id, owner, providerName: provider, sealed: envelope.seal(new Secret(value), boundTo) });
    } else if (row.owner === owner && row.providerName === provider) {
      const isSame = envelope.open(row.sealed, boundTo)?.reveal() === value;
      const sealed = isSame ? row.sealed : envelope.seal(new Secret(value), boundTo);
      if (!isSame) changed.push(boundTo);
      if (!isSame || row.retiredAt !== null) {
        await tx.declaredCredential.update({ where: { id }, data: { sealed, retiredAt: null } });
      }
    }
  }
  if (fresh.size > 0) await tx.declaredCredential.createMany({ data: [...fresh.values()] });
  return changed;
}

/** `<provider>/<id>` of all that the owner handed over and that is still here. */
export async function listDeclared(tx: Transaction, owner: string): Promise<ReadonlySet<string>> {
  const rows = await tx.declaredCredential.findMany({ where: { owner }, select: { id: true, providerName: true } });
  return new Set(rows.map(({ id, providerName }) => `${providerName}/${id}`));
}

/** Retires what the owner names no longer, takes back what it names again, and deletes what has been retired for long enough. */
export async function retireDeclared(
  tx: Transaction,
  owner: string,
  namedIds: readonly string[],
  nowMs: number,
): Promise<void> {
  const named = [...new Set(namedIds)];
  await tx.declaredCredential.updateMany({
    where: { owner, retiredAt: null, id: { notIn: named } },
    data: { retiredAt: new Date(nowMs) },
  });
  await tx.declaredCredential.updateMany({
    where: { owner, retiredAt: { not: null }, id: { in: named } },
    data: { retiredAt: null },
  });
  await deleteRetired(tx, nowMs);
}

export async function deleteRetired(tx: Transaction, nowMs: number): Promise<void> {
  await tx.declaredCredential.deleteMany({ where: { retiredAt: { lt: new Date(nowMs - retiredForMs) } } });
}
