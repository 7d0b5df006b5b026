import { type PriceRule, priceRule, providerModelsMax, providersMax, routesMax } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

const modelRow = z.looseObject({
  id: z.string(),
  priceVersion: z.string().nullable(),
  costVersion: z.string().nullable(),
});
const providerRow = z.looseObject({ name: z.string(), source: z.string() });
const routeRow = z.looseObject({ name: z.string() });
const read = z.object({
  providers: z.array(providerRow),
  models: z.array(modelRow.extend({ provider: z.string() })),
  routes: z.array(routeRow),
  priceRules: z
    .array(priceRule.extend({ organizationId: priceRule.shape.organizationId.nullable() }))
    .transform((rules) =>
      rules.map(({ organizationId, ...rule }): PriceRule => (organizationId ? { organizationId, ...rule } : rule)),
    ),
  prices: z.record(z.string(), z.unknown()),
});

/** The stored entries before they are judged: only the name of an entry is certain. */
export interface RegistryRows {
  providers: (z.infer<typeof providerRow> & { models: z.infer<typeof modelRow>[] })[];
  routes: z.infer<typeof routeRow>[];
  /** Markups and discounts that hold now. */
  priceRules: PriceRule[];
  /** Rates by version, of all that models name. */
  prices: Record<string, unknown>;
}

/** Reads more than a snapshot may hold by one, so that the surplus is seen and reported. */
const providersReadMax = providersMax + 1;
const modelsReadMax = providerModelsMax + 1;
const routesReadMax = routesMax + 1;
/** As many as a snapshot holds. */
const rulesMax = 10_000;

/**
 * The providers that are switched on, with their models and prices, and the routes. As one text of the database: thousands of
 * rows as objects of Prisma's took a third of the time of every change. One join of all, so that no plan can be a bad one.
 * @param at The instant whose prices are chosen: of the book, else the declared one.
 */
export async function readRegistry(tx: Transaction, at: Date): Promise<RegistryRows> {
  const rows = await tx.$queryRaw`
    WITH period AS MATERIALIZED (
      SELECT kind, provider, model, price_version FROM price_period
      WHERE effective_from <= ${at} AND (effective_to IS NULL OR effective_to > ${at})
    ), placed AS MATERIALIZED (
      SELECT model.*, row_number() OVER (PARTITION BY model.provider ORDER BY id) AS place,
        coalesce(customer.price_version, model.price_version) AS customer_version,
        coalesce(cost.price_version, model.price_version, customer.price_version) AS cost_version
      FROM model
        LEFT JOIN period customer ON customer.kind = 'customer' AND customer.provider = model.provider AND customer.model = id
        LEFT JOIN period cost ON cost.kind = 'cost' AND cost.provider = model.provider AND cost.model = id
    )
    SELECT
      (SELECT coalesce(json_agg(p), '[]') FROM (
        SELECT name, type, base_url AS "baseUrl", credential_refs AS "credentialRefs", options, source,
          concurrency_max AS "concurrencyMax", is_address_trusted AS "isAddressTrusted"
        FROM provider WHERE enabled ORDER BY name LIMIT ${providersReadMax}
      ) p) AS providers,
      (SELECT coalesce(json_agg(m), '[]') FROM (
        SELECT provider, id, operations, context_length AS "contextLength", max_output_tokens AS "maxOutputTokens",
          capabilities, first_life_ms AS "firstLifeMs", customer_version AS "priceVersion", cost_version AS "costVersion"
        FROM placed WHERE place <= ${modelsReadMax} ORDER BY provider, id
      ) m) AS models,
      (SELECT coalesce(json_agg(r), '[]') FROM (
        SELECT name, strategy, is_sticky AS "isSticky", resume, may_fail_over_on_policy AS "mayFailOverOnPolicy", candidates
        FROM route ORDER BY name LIMIT ${routesReadMax}
      ) r) AS routes,
      (SELECT coalesce(json_agg(u), '[]') FROM (
        SELECT organization_id AS "organizationId", models, multiplier_ppm AS "multiplierPpm" FROM price_rule
        WHERE effective_from <= ${at} AND (effective_to IS NULL OR effective_to > ${at})
        ORDER BY organization_id NULLS FIRST, models LIMIT ${rulesMax}
      ) u) AS "priceRules",
      (SELECT coalesce(json_object_agg(version, rates), '{}') FROM model_price WHERE version IN (
        SELECT customer_version FROM placed UNION SELECT cost_version FROM placed
      )) AS prices`;
  const [{ providers, models, ...rest }] = z.tuple([read]).parse(rows);
  const modelsOf = Map.groupBy(models, ({ provider }) => provider);
  return { providers: providers.map((row) => ({ ...row, models: modelsOf.get(row.name) ?? [] })), ...rest };
}
