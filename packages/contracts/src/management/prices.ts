import { z } from 'zod';
import { providerName, snapshotModel } from '../routing-snapshot.ts';
import { usageComponents } from '../usage.ts';
import { pageLimit } from './page.ts';
import { priceInUsd, publishedAs } from './providers.ts';

/**
 * Bodies of `/orchestrator/prices*` and `/orchestrator/price-rules*`, for holders of `prices:manage`. Unknown fields
 * are refused.
 */

/** `customer`: what customers pay. `cost`: what the provider charges us. */
export const priceKind = z.enum(['customer', 'cost']);

/** From when on, until when; null: until it is ended. Without `effectiveFrom`: at once. */
const span = {
  effectiveFrom: z.iso.datetime({ offset: true }).optional(),
  effectiveTo: z.iso.datetime({ offset: true }).nullable().optional(),
  /** Where the price is from, or why it was agreed. */
  note: z.string().trim().min(1).max(500).optional(),
};

/** A price of one model of one provider for a span of time. */
export const priceEntry = z.strictObject({
  kind: priceKind.default('customer'),
  provider: providerName,
  model: snapshotModel.shape.id,
  price: priceInUsd,
  ...span,
});
export type PriceEntry = z.infer<typeof priceEntry>;

/** `POST /orchestrator/prices`: the price that held until then ends where this one begins. */
export const createPriceRequest = priceEntry;

export const priceSource = z.enum(['api', 'file', 'kubernetes']);
export type PriceSource = z.infer<typeof priceSource>;

const shownSpan = {
  id: z.uuid(),
  effectiveFrom: z.iso.datetime(),
  /** Null: until it is ended. The same as `effectiveFrom`: it was withdrawn before it began. */
  effectiveTo: z.iso.datetime().nullable(),
  note: z.string().nullable(),
  /** The user who set it; null if a file or a resource did. */
  reviewerUserId: z.uuid().nullable(),
  createdAt: z.iso.datetime(),
};

export const priceRow = z.strictObject({
  ...shownSpan,
  kind: priceKind,
  provider: z.string(),
  model: z.string(),
  version: z.string(),
  price: priceInUsd.optional(),
  source: priceSource,
});
export type PriceRow = z.infer<typeof priceRow>;

/** Query of `GET /orchestrator/prices`; the newest first. */
export const listPricesQuery = z.strictObject({
  provider: providerName.optional(),
  model: snapshotModel.shape.id.optional(),
  cursor: z.uuid().optional(),
  limit: pageLimit.optional(),
});
export const pricePage = z.strictObject({ data: z.array(priceRow), nextCursor: z.string().nullable() });
export type PricePage = z.infer<typeof pricePage>;
export const priceChange = z.strictObject({ price: priceRow, snapshot: publishedAs });
export type PriceChange = z.infer<typeof priceChange>;

/** What one source says of a rate, as pico-USD per unit; null if it has no such rate. */
const sourceRate = z.string().nullable();

/**
 * `GET /orchestrator/prices/differences`: where the sources of prices say different rates of a model, of the plain
 * tier. The provider's cost is the book's, else the declared one.
 */
export const priceDifference = z.strictObject({
  provider: z.string(),
  model: z.string(),
  component: z.enum(usageComponents),
  /** The built-in catalogue, which the vendor's list was read into. */
  cataloguePicoUsd: sourceRate,
  /** A Provider resource, the API for providers, a variable, or the catalogue as it was then. */
  declaredPicoUsd: sourceRate,
  costPicoUsd: sourceRate,
});
export type PriceDifference = z.infer<typeof priceDifference>;
export const priceDifferences = z.strictObject({
  data: z.array(priceDifference),
  /** There are more than are shown. */
  hasMore: z.boolean(),
});
export type PriceDifferences = z.infer<typeof priceDifferences>;

/** `<provider>/<model>` with `*` for any text: `*`, `openai/*`, `anthropic/claude-haiku-*`. */
export const modelPattern = z
  .string()
  .regex(/^[A-Za-z0-9._:/*-]{1,200}$/, 'a name of provider/model, with * for any text');

/** Millionths of the price: 1,250,000 is a markup of 25 %, 900,000 a discount of 10 %. */
export const multiplierPpm = z.number().int().min(0).max(100_000_000);

/**
 * `POST /orchestrator/price-rules`: a markup or a discount. Without an organisation it holds for all that have no rule
 * of their own.
 */
export const createPriceRuleRequest = z.strictObject({
  organizationId: z.uuid().nullable().default(null),
  models: modelPattern,
  multiplierPpm,
  ...span,
});
export type CreatePriceRuleRequest = z.infer<typeof createPriceRuleRequest>;
/** A rule of a file or a resource: only the API, which warns of it, makes models free. */
export const declaredPriceRule = createPriceRuleRequest.extend({ multiplierPpm: multiplierPpm.min(1) });

export const priceRuleRow = z.strictObject({
  ...shownSpan,
  organizationId: z.uuid().nullable(),
  models: z.string(),
  multiplierPpm,
  source: priceSource,
});
export type PriceRuleRow = z.infer<typeof priceRuleRow>;
export const listPriceRulesQuery = listPricesQuery
  .pick({ cursor: true, limit: true })
  .extend({ organizationId: z.uuid().optional() });
export const priceRulePage = z.strictObject({ data: z.array(priceRuleRow), nextCursor: z.string().nullable() });
export type PriceRulePage = z.infer<typeof priceRulePage>;
export const priceRuleChange = z.strictObject({
  rule: priceRuleRow,
  snapshot: publishedAs,
  /** What the operator may not have meant; absent if there is nothing. */
  warning: z.string().optional(),
});
export type PriceRuleChange = z.infer<typeof priceRuleChange>;
