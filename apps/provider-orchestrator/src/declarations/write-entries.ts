import type { DeclarationOrigin } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { replaceModelsOf } from '../registry/write-models.ts';
import type { AcceptedProvider } from './judge-provider.ts';
import type { AcceptedRoute } from './judge-route.ts';

/** The stored entries of an owner. */
export interface StandingEntry {
  readonly name: string;
  readonly declaredHash: string | null;
  readonly origin: unknown;
}

/** The written entries: `written` has the name and the declared hash of each entry. */
export interface WrittenEntries {
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes `accepted` all that the owner has: writes what differs, and takes away what is missing. Hundreds that stay as they are
 * cost nothing.
 */
export async function writeProviders(
  tx: Transaction,
  owner: string,
  standing: readonly StandingEntry[],
  accepted: readonly AcceptedProvider[],
): Promise<WrittenEntries> {
  const { changed, moved, gone } = compare(standing, accepted);
  if (gone.length > 0) await tx.provider.deleteMany({ where: { owner, name: { in: gone } } });
  if (changed.length > 0) {
    const rows = changed.map(({ fields, origin, declaredHash }) => ({ ...fields, origin, declaredHash }));
    await tx.$executeRaw`
      INSERT INTO provider (name, type, base_url, is_address_trusted, credential_refs, options, concurrency_max, enabled,
                            source, owner, origin, declared_hash)
      SELECT name, type, "baseUrl", "isAddressTrusted", ARRAY(SELECT jsonb_array_elements_text("credentialRefs")), options,
             "concurrencyMax", true, 'kubernetes', ${owner}, origin, "declaredHash"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS declared(
        name text, type text, "baseUrl" text, "isAddressTrusted" boolean, "credentialRefs" jsonb, options jsonb,
        "concurrencyMax" integer, origin jsonb, "declaredHash" text)
      ON CONFLICT (name) DO UPDATE SET
        type = excluded.type, base_url = excluded.base_url, is_address_trusted = excluded.is_address_trusted,
        credential_refs = excluded.credential_refs, options = excluded.options,
        concurrency_max = excluded.concurrency_max, origin = excluded.origin, declared_hash = excluded.declared_hash`;
    await replaceModelsOf(tx, new Map(changed.map(({ fields, models }) => [fields.name, models])));
  }
  if (moved.length > 0) {
    await tx.$executeRaw`
      UPDATE provider SET origin = declared.origin
      FROM jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) AS declared(name text, origin jsonb)
      WHERE provider.name = declared.name AND provider.owner = ${owner}`;
  }
  return { written: changed.map(({ fields, declaredHash }) => `${fields.name} ${declaredHash}`), removed: gone };
}

/** As `writeProviders`. */
export async function writeRoutes(
  tx: Transaction,
  owner: string,
  standing: readonly StandingEntry[],
  accepted: readonly AcceptedRoute[],
): Promise<WrittenEntries> {
  const { changed, moved, gone } = compare(standing, accepted);
  if (gone.length > 0) await tx.route.deleteMany({ where: { owner, name: { in: gone } } });
  if (changed.length > 0) {
    const rows = changed.map(({ fields, origin, declaredHash }) => ({ ...fields, origin, declaredHash }));
    await tx.$executeRaw`
      INSERT INTO route (name, strategy, is_sticky, resume, may_fail_over_on_policy, candidates, source, owner, origin,
                         declared_hash)
      SELECT name, strategy, "isSticky", resume, "mayFailOverOnPolicy", candidates, 'kubernetes', ${owner}, origin,
             "declaredHash"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS declared(
        name text, strategy text, "isSticky" boolean, resume text, "mayFailOverOnPolicy" boolean, candidates jsonb,
        origin jsonb, "declaredHash" text)
      ON CONFLICT (name) DO UPDATE SET
        strategy = excluded.strategy, is_sticky = excluded.is_sticky, resume = excluded.resume,
        may_fail_over_on_policy = excluded.may_fail_over_on_policy, candidates = excluded.candidates,
        origin = excluded.origin, declared_hash = excluded.declared_hash`;
  }
  if (moved.length > 0) {
    await tx.$executeRaw`
      UPDATE route SET origin = declared.origin
      FROM jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) AS declared(name text, origin jsonb)
      WHERE route.name = declared.name AND route.owner = ${owner}`;
  }
  return { written: changed.map(({ fields, declaredHash }) => `${fields.name} ${declaredHash}`), removed: gone };
}

interface Entry {
  readonly origin: DeclarationOrigin;
  readonly fields: { readonly name: string };
  readonly declaredHash: string;
}

/** `moved`: the same content of another generation or resource. */
function compare<Accepted extends Entry>(standing: readonly StandingEntry[], accepted: readonly Accepted[]) {
  const known = new Map(standing.map((entry) => [entry.name, entry]));
  const names = new Set(accepted.map(({ fields }) => fields.name));
  const changed = accepted.filter(({ fields, declaredHash }) => known.get(fields.name)?.declaredHash !== declaredHash);
  const isChanged = new Set<Accepted>(changed);
  return {
    changed,
    moved: accepted.flatMap((entry) => {
      const { origin, fields } = entry;
      const isMoved = !isChanged.has(entry) && !isSameOrigin(known.get(fields.name)?.origin, origin);
      return isMoved ? [{ name: fields.name, origin }] : [];
    }),
    gone: standing.flatMap(({ name }) => (names.has(name) ? [] : [name])),
  };
}

function isSameOrigin(stored: unknown, origin: DeclarationOrigin): boolean {
  if (typeof stored !== 'object' || stored === null) return false;
  const found = new Map<string, unknown>(Object.entries(stored));
  return Object.entries(origin).every(([name, value]) => found.get(name) === value);
}
