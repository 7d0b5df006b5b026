import { z } from 'zod';
import { providerModelsMax } from '../bounds.ts';
import { tierBorder } from '../price.ts';
import {
  credentialRef,
  modelCapability,
  operation,
  providerName,
  providerType,
  snapshotModel,
  snapshotProvider,
} from '../routing-snapshot.ts';
import { pageLimit } from './page.ts';

/** Bodies of `/orchestrator/providers*`, for holders of `providers:manage`. Unknown fields are refused. */

/** USD per million of a unit (tokens, images, calls), as an exact decimal text: a JSON number would be rounded. */
export const usdPerMillion = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'a decimal number of USD per million with at most 6 places, as a text');

const componentPrices = z.strictObject({
  input: usdPerMillion,
  /** Without it the model generates nothing: embeddings. */
  output: usdPerMillion.optional(),
  reasoning: usdPerMillion.optional(),
  cacheRead: usdPerMillion.optional(),
  cacheWrite5m: usdPerMillion.optional(),
  cacheWrite1h: usdPerMillion.optional(),
  audioIn: usdPerMillion.optional(),
  audioOut: usdPerMillion.optional(),
  imageIn: usdPerMillion.optional(),
  /** Of the tokens of a picture. */
  imageOut: usdPerMillion.optional(),
  /** Of the pictures themselves: "40000" is $0.04 a picture. */
  images: usdPerMillion.optional(),
  /** At most 256 pixels wide and high. */
  imagesSmall: usdPerMillion.optional(),
  /** At most 512 pixels. */
  imagesMedium: usdPerMillion.optional(),
  /** More than 1,024 pixels wide or high. */
  imagesLarge: usdPerMillion.optional(),
  /** Of low quality. */
  imagesLow: usdPerMillion.optional(),
  imagesLowLarge: usdPerMillion.optional(),
  /** Of high quality, or `hd`. */
  imagesHigh: usdPerMillion.optional(),
  imagesHighLarge: usdPerMillion.optional(),
  /** Of searches of the web by the provider. */
  toolCalls: usdPerMillion.optional(),
  /** Of searches of files by the provider. */
  fileSearches: usdPerMillion.optional(),
  /** Of gigabytes of memory of containers in which the provider runs code; at Anthropic, of containers. */
  containers: usdPerMillion.optional(),
  /** Of the tokens of pictures that a chat orders: their text, their pictures and what was drawn. */
  toolTextIn: usdPerMillion.optional(),
  toolImageIn: usdPerMillion.optional(),
  toolImageOut: usdPerMillion.optional(),
  requests: usdPerMillion.optional(),
});
export type ComponentPrices = z.infer<typeof componentPrices>;

/**
 * What a model costs. Input that is read from or written to a cache costs what plain input costs by default, and
 * reasoning what output costs; any other unit without a price is refused when a request would use it, never free.
 * `above` is the whole price of a request whose input is more than `inputTokens`, all of it together.
 */
export const priceInUsd = componentPrices
  .extend({ above: z.strictObject({ inputTokens: tierBorder, price: componentPrices }).optional() })
  .refine(({ output, above }) => above === undefined || (output === undefined) === (above.price.output === undefined), {
    path: ['above', 'price', 'output'],
    message: 'needed if, and only if, the price below has it',
  });
export type PriceInUsd = z.infer<typeof priceInUsd>;

const modelFields = z.strictObject({
  id: snapshotModel.shape.id,
  operations: z.array(operation).min(1).max(3),
  contextLength: snapshotModel.shape.contextLength.max(100_000_000),
  /** Null or absent for operations that generate none. */
  maxOutputTokens: snapshotModel.shape.maxOutputTokens.optional(),
  capabilities: z.array(modelCapability).max(16).optional(),
  firstLifeMs: snapshotModel.shape.firstLifeMs.optional(),
  /** Absent: unpriced, and so refused. */
  price: priceInUsd.optional(),
});
/** A setting that makes no sense is refused at save, and not first when a request uses it. */
export const managedModel = modelFields
  .refine(({ contextLength, maxOutputTokens }) => (maxOutputTokens ?? 1) <= contextLength, {
    path: ['maxOutputTokens'],
    message: 'not more than contextLength',
  })
  .refine(
    ({ operations, price }) => !operations.includes('chat.completions') || price?.output !== undefined || !price,
    {
      path: ['price', 'output'],
      message: 'a model that chats needs it',
    },
  )
  .refine(
    ({ operations, price }) =>
      !operations.includes('images.generations') ||
      !price ||
      (price.images ?? price.imageOut ?? price.output) !== undefined,
    { path: ['price', 'images'], message: 'a model that makes pictures needs it, or imageOut for their tokens' },
  );
export type ManagedModel = z.infer<typeof managedModel>;

const managedModels = z
  .array(managedModel)
  .max(providerModelsMax)
  .refine((models) => new Set(models.map(({ id }) => id)).size === models.length, 'the same model twice');

/** A key is sent in a header, so it holds nothing that a header cannot. */
const apiKey = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[\x21-\x7e]+$/, 'printable ASCII without spaces');

const settings = {
  /** Judged in full by the service: `invalid_base_url`. */
  baseUrl: z.string().min(1).max(2000),
  apiKeys: z
    .array(apiKey)
    .max(16)
    .refine((keys) => new Set(keys).size === keys.length, 'the same key twice'),
  options: snapshotProvider.shape.options,
  concurrencyMax: snapshotProvider.shape.concurrencyMax,
  enabled: z.boolean(),
};

export const createProviderRequest = z.strictObject({
  name: providerName,
  type: providerType,
  /** Absent: the vendor's own address, where the type has one. */
  baseUrl: settings.baseUrl.optional(),
  apiKeys: settings.apiKeys.optional(),
  options: settings.options.optional(),
  concurrencyMax: settings.concurrencyMax.optional(),
  enabled: settings.enabled.optional(),
  /** Absent: all that are known of the vendor, with their list prices. */
  models: managedModels.optional(),
});
export type CreateProviderRequest = z.infer<typeof createProviderRequest>;

/** What is absent stays as it is; `apiKeys` replaces all of them. */
export const updateProviderRequest = z.strictObject({
  baseUrl: settings.baseUrl.optional(),
  apiKeys: settings.apiKeys.optional(),
  options: settings.options.optional(),
  concurrencyMax: settings.concurrencyMax.optional(),
  enabled: settings.enabled.optional(),
  models: managedModels.optional(),
});
export type UpdateProviderRequest = z.infer<typeof updateProviderRequest>;

/** `PUT /orchestrator/providers/{name}/models` */
export const putModelsRequest = z.strictObject({ models: managedModels });

/** Where a credential is, never what it is. */
export const credentialShown = z.strictObject({
  ref: credentialRef,
  /**
   * Of a key that was given through the API: how it ends, empty where it is short, and a keyed hash to recognise it by.
   */
  last4: z.string().optional(),
  fingerprint: z.string().optional(),
});
export type CredentialShown = z.infer<typeof credentialShown>;

/**
 * By the orchestrator's own probes; `unknown` before the first, where they are off, or where there is no credential.
 */
export const providerHealth = z.strictObject({
  state: z.enum(['unknown', 'healthy', 'unhealthy']),
  /** Of the state. */
  since: z.iso.datetime().nullable(),
  lastProbeAt: z.iso.datetime().nullable(),
  /** Why the last probe failed: a code of the catalogue, or a status. */
  reason: z.string().max(200).nullable(),
});
export type ProviderHealth = z.infer<typeof providerHealth>;

/** Who changed a provider or a route last through the API, and when; null for what a file or a resource declares. */
export const lastApiChange = {
  changedBy: z.uuid().nullable(),
  changedAt: z.iso.datetime().nullable(),
};

const shown = {
  name: providerName,
  type: providerType,
  baseUrl: z.string(),
  credentials: z.array(credentialShown),
  options: snapshotProvider.shape.options,
  concurrencyMax: snapshotProvider.shape.concurrencyMax,
  enabled: z.boolean(),
  /** Who declared it, and so where it is changed. */
  source: z.enum(['environment', 'api', 'kubernetes']),
  health: providerHealth,
  createdAt: z.iso.datetime(),
  ...lastApiChange,
};

/** A row of `GET /orchestrator/providers`, by name. */
export const providerRow = z.strictObject({
  ...shown,
  models: z.number().int().min(0),
  /** Models without a price, which are refused. */
  unpricedModels: z.number().int().min(0),
});
export type ProviderRow = z.infer<typeof providerRow>;

/** Query of lists by name. `cursor` is the `nextCursor` of the page before: the last name on it. */
export const listByNameQuery = z.strictObject({
  cursor: z.string().min(1).max(200).optional(),
  limit: pageLimit.optional(),
});

export const providerPage = z.strictObject({ data: z.array(providerRow), nextCursor: z.string().nullable() });
export type ProviderPage = z.infer<typeof providerPage>;

export const modelShown = modelFields.required({ maxOutputTokens: true, capabilities: true, firstLifeMs: true });
export type ModelShown = z.infer<typeof modelShown>;

/** `GET /orchestrator/providers/{name}` */
export const providerDetail = z.strictObject({ ...shown, models: z.array(modelShown) });
export type ProviderDetail = z.infer<typeof providerDetail>;

/** The snapshot that a change became part of; proxies answer it with acks. */
export const publishedAs = z.strictObject({ epoch: z.number().int(), version: z.number().int() });

/** What every change of a provider answers. */
export const providerChange = z.strictObject({ provider: providerDetail, snapshot: publishedAs });
export type ProviderChange = z.infer<typeof providerChange>;

/** What every removal answers. */
export const removal = z.strictObject({ snapshot: publishedAs });
export type Removal = z.infer<typeof removal>;
