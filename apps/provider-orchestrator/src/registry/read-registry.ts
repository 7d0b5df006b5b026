import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

const modelRow = z.looseObject({ id: z.string(), price: z.looseObject({}).nullable() });
const providerRow = z.looseObject({ name: z.string(), source: z.string() });
const routeRow = z.looseObject({ name: z.string() });
const read = z.object({
  providers: z.array(providerRow),
  models: z.array(modelRow.extend({ provider: z.string() })),
  routes: z.array(routeRow),
});

/** What stands in the registry, not yet judged: only what an entry is called is sure. */
export interface RegistryRows {
  providers: (z.infer<typeof providerRow> & { models: z.infer<typeof modelRow>[] })[];
  routes: z.infer<typeof routeRow>[];
}

/** Reads more than a snapshot may hold by one, so that the surplus is seen and reported. */
const providersMax = 501;
const modelsMax = 5001;
const routesMax = 5001;

/**
 * The providers that are switched on, with their models and prices, and the routes. As one text of the database: thousands of
 * rows as objects of Prisma's took a third of the time of every change. One join of all, so that no plan can be a bad one.
 */
export async function readRegistry(tx: Transaction): Promise<RegistryRows> {
  const rows = await tx.$queryRaw`
    SELECT
      (SELECT coalesce(json_agg(p), '[]') FROM (
        SELECT name, type, base_url AS "baseUrl", credential_refs AS "credentialRefs", options, source,
          concurrency_max AS "concurrencyMax", is_address_trusted AS "isAddressTrusted"
        FROM provider WHERE enabled ORDER BY name LIMIT ${providersMax}
      ) p) AS providers,
      (SELECT coalesce(json_agg(m), '[]') FROM (
        SELECT provider, id, operations, context_length AS "contextLength", max_output_tokens AS "maxOutputTokens",
          capabilities, first_life_ms AS "firstLifeMs", price_version AS "priceVersion",
          CASE WHEN version IS NOT NULL THEN json_build_object('rates', rates) END AS price
        FROM (SELECT *, row_number() OVER (PARTITION BY provider ORDER BY id) AS place FROM model) placed
        LEFT JOIN model_price ON version = price_version
        WHERE place <= ${modelsMax} ORDER BY provider, id
      ) m) AS models,
      (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT name, strategy, is_sticky AS "isSticky", resume, may_fail_over_on_policy AS "mayFailOverOnPolicy", candidates
        FROM route ORDER BY name LIMIT ${routesMax}
      ) r) AS routes`;
  const [{ providers, models, routes }] = z.tuple([read]).parse(rows);
  const modelsOf = Map.groupBy(models, ({ provider }) => provider);
  return { providers: providers.map((row) => ({ ...row, models: modelsOf.get(row.name) ?? [] })), routes };
}
