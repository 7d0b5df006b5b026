import {
  modelCapability,
  operation,
  parseProfileOption,
  providerName,
  snapshotModel,
  snapshotProvider,
} from '@aggregator/contracts';
import { compatibleType, disconnectPolicies } from '@aggregator/providers';
import { integer, variable } from '@aggregator/service-kit';
import { z } from 'zod';
import { pricesByModel } from '../registry/plain-rates.ts';
import { keyVariable, providerBaseUrl } from '../registry/provider-variables.ts';

const modelsMax = 500;
/** Of a server of which nothing is known: it rejects a longer prompt itself, at no cost, and no answer is longer. */
const contextLengthDefault = 131_072;

const list = z.string().transform((text) => text.split(',').flatMap((name) => name.trim() || []));

const modelNames = list
  .pipe(z.array(z.string().max(200)).min(1).max(modelsMax))
  .transform((names) => [...new Set(names)]);

const capabilities = list.pipe(z.array(modelCapability).max(16));

const json = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'must be JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** Facts of a model that differ from those of all models of its server. */
const modelDetails = z.strictObject({
  operations: z.array(operation).min(1).max(operation.options.length).optional(),
  contextLength: snapshotModel.shape.contextLength.max(100_000_000).optional(),
  maxOutputTokens: z.number().int().min(1).max(100_000_000).optional(),
  capabilities: z.array(modelCapability).max(16).optional(),
  firstLifeMs: snapshotModel.shape.firstLifeMs.optional(),
});

/** The variables of one server, under the names that the first one has. */
export const customVariables = {
  customBaseUrl: variable(
    'CUSTOM_BASE_URL',
    providerBaseUrl(compatibleType).optional(),
    'Address of one more server that speaks as OpenAI does, with or without its version path. Up to 15 further servers: `CUSTOM_<NAME>_BASE_URL`, and each other name of this group with `CUSTOM_<NAME>_` in place of `CUSTOM_`.',
  ),
  hasCustomKey: keyVariable('CUSTOM_API_KEY', 'API key of that server; unset where it needs none.'),
  customName: variable(
    'CUSTOM_NAME',
    providerName.optional(),
    'Name of that server as a provider; unset, it is `custom`, and of a further server its name in lower case with hyphens.',
  ),
  customModels: variable('CUSTOM_MODELS', modelNames.optional(), "That server's models, separated by commas."),
  customProfile: variable(
    'CUSTOM_PROFILE',
    z
      .string()
      .refine((text) => parseProfileOption(text) !== null, 'must be the name of a profile, or a profile in JSON')
      .optional(),
    'How that server differs from OpenAI: a name or JSON, as docs/compatible-servers.md has it; also its headers, its query and its time-outs. Unset, it is known by the host of its address, or `default`.',
  ),
  customContextLength: variable(
    'CUSTOM_CONTEXT_LENGTH',
    integer(1, 100_000_000).default(contextLengthDefault),
    "Input and output of that server's models together, in tokens.",
  ),
  customCapabilities: variable(
    'CUSTOM_CAPABILITIES',
    capabilities.default([]),
    `What that server's models can do, separated by commas: ${modelCapability.options.join(', ')}.`,
  ),
  customModelDetails: variable(
    'CUSTOM_MODEL_DETAILS',
    json(z.record(z.string().min(1).max(200), modelDetails)).optional(),
    'What of one model differs, as JSON: {"<model>": {"contextLength": 32768, "maxOutputTokens": 4096, "capabilities": ["tools"], "firstLifeMs": 60000, "operations": ["chat.completions", "embeddings"]}}. Without `operations`, the price of a model says what it does.',
  ),
  customConcurrencyMax: variable(
    'CUSTOM_CONCURRENCY_MAX',
    z.coerce.number().pipe(snapshotProvider.shape.concurrencyMax.unwrap()).optional(),
    'Most requests that one proxy has open at that server.',
  ),
  customDisconnect: variable(
    'CUSTOM_DISCONNECT',
    z.enum(disconnectPolicies).optional(),
    'What becomes of a call to that server after its client left: `drain` (the default) reads the answer on for a bounded time, so that its usage is exact; `abort` cancels it and charges by estimate. Set `abort` if the server stops at once and is your own.',
  ),
  customPrices: variable(
    'CUSTOM_PRICES',
    pricesByModel.optional(),
    'What those models cost, in USD per million tokens: {"<model>": {"input": "0.15", "output": "0.60"}}; more names are `reasoning`, `cacheRead`, `cacheWrite5m`, `cacheWrite1h`, `audioIn`, `audioOut`, `imageIn`, `imageOut` (tokens of pictures), `images` (of a million pictures: "40000" is $0.04 each), beside it `imagesSmall` (at most 256 pixels), `imagesMedium` (512), `imagesLarge` (more than 1,024), `imagesLow`, `imagesLowLarge`, `imagesHigh` and `imagesHighLarge` (by quality), and `requests` (of a million requests); {"above": {"inputTokens": 200000, "price": {…}}} is the whole price of a request with more input. A model without "output" makes embeddings, or pictures if it has a price for them; a model that is not here has no price and is refused.',
  ),
} as const;
