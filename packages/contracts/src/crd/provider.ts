import { z } from 'zod';
import { compatibilityProfile } from '../compatibility-profile.ts';
import { type ProviderTraits, providerTraits, providerTypes } from '../provider-types.ts';
import { modelCapability, operation, providerType } from '../routing-snapshot.ts';
import { className, conditions, namespaceName, objectName, programmed } from './conditions.ts';
import { durationText } from './duration.ts';

/**
 * The `Provider` custom resource. Its CRD is generated from here (`npm run generate:crds`): `.meta()` carries what JSON
 * Schema has no word for, as CEL rules. Every text and list has a bound, so that the API server can estimate what a
 * rule costs.
 */

const rule = (expression: string, message: string) => ({ rule: expression, message });

/** Types of providers with a trait, by packages/providers. */
const typesThat = (isSo: (traits: ProviderTraits) => boolean) =>
  providerTypes.filter((type) => isSo(providerTraits[type]));
const withoutAddress = typesThat(({ needsAddress }) => needsAddress);
const withoutKey = typesThat(({ needsKey }) => !needsKey);
const withoutModels = typesThat(({ hasModels }) => !hasModels);
const isAnyOf = (types: readonly string[]) => `(self.type in [${types.map((type) => `'${type}'`).join(',')}])`;

/** A Go duration between two others; the API server checks the bounds, and each reader checks them again. */
const duration = (atLeast: string, atMost: string) =>
  durationText.meta({
    'x-kubernetes-validations': [
      rule(
        `duration(self) >= duration('${atLeast}') && duration(self) <= duration('${atMost}')`,
        `must be a duration from ${atLeast} to ${atMost}`,
      ),
    ],
  });

/** USD per million units, as an exact decimal text. */
const usd = z
  .string()
  .max(13)
  .regex(/^[0-9]{1,6}([.][0-9]{1,6})?$/);

const endpoint = z
  .object({
    baseURL: z.string().min(8).max(512).describe('With or without the version path; the vendor’s own where left out.'),
    tls: z.enum(['Required', 'Disabled']).default('Required'),
    /** In the same namespace; there is no other. */
    tlsSecretRef: z
      .object({ name: objectName })
      .optional()
      .describe(
        'A Secret of the same namespace: ca.crt, the certificates that are trusted in place of those of the system, or tls.crt and tls.key, the certificate of the client, or all three.',
      ),
  })
  .meta({
    'x-kubernetes-validations': [
      rule(
        "isURL(self.baseURL) && url(self.baseURL).getScheme() in ['http','https'] && url(self.baseURL).getHostname() != ''",
        'baseURL must be an absolute http(s) URL',
      ),
      rule("!self.baseURL.startsWith('http://') || self.tls == 'Disabled'", 'plain http needs endpoint.tls: Disabled'),
      rule("!has(self.tlsSecretRef) || self.baseURL.startsWith('https://')", 'tlsSecretRef needs https'),
      rule(
        "!self.baseURL.matches('^https?://[^/]*@') && !self.baseURL.contains('?') && !self.baseURL.contains('#')",
        'no userinfo, query or fragment in baseURL',
      ),
      rule(
        "!self.baseURL.matches('(?i)^https?://(localhost|127[.]|169[.]254[.]|0[.]0[.]0[.]0|[[](::1|fe80))')",
        'loopback and link-local targets are not allowed',
      ),
    ],
  });

const apiKey = z.object({
  name: z.string().min(1).max(63),
  /** Of a Secret in the same namespace; there is no other. */
  secretKeyRef: z.object({ name: objectName, key: z.string().min(1).max(253) }),
});

const prices = z.object({
  inputPerMillion: usd,
  outputPerMillion: usd.optional(),
  reasoningPerMillion: usd.optional(),
  cachedInputPerMillion: usd.optional(),
  cacheWritePerMillion: usd.optional(),
  cacheWrite1hPerMillion: usd.optional().describe('Of a prompt that stays in the cache for an hour.'),
  audioInputPerMillion: usd.optional(),
  audioOutputPerMillion: usd.optional(),
  imageInputPerMillion: usd.optional().describe('Of tokens of pictures in the prompt.'),
  imageOutputPerMillion: usd.optional().describe('Of tokens of pictures in the answer.'),
  perImage: usd.optional().describe('USD for each picture of images.generations, in place of a price of its tokens.'),
  perImageSmall: usd.optional().describe('USD for a picture of at most 256 pixels.'),
  perImageMedium: usd.optional().describe('USD for a picture of at most 512 pixels.'),
  perImageLarge: usd.optional().describe('USD for a picture of more than 1,024 pixels.'),
  perImageLow: usd.optional().describe('USD for a picture of low quality.'),
  perImageLowLarge: usd.optional(),
  perImageHigh: usd.optional().describe('USD for a picture of high quality.'),
  perImageHighLarge: usd.optional(),
  perSearch: usd.optional().describe('USD for each search of the web by the provider.'),
  perFileSearch: usd.optional().describe('USD for each search of files by the provider.'),
  perContainerGigabyte: usd
    .optional()
    .describe('USD for each gigabyte of memory of a container in which the provider runs code.'),
  toolTextInputPerMillion: usd.optional().describe('Of the text of pictures that a chat orders.'),
  toolImageInputPerMillion: usd.optional().describe('Of the pictures that those are drawn from.'),
  toolImageOutputPerMillion: usd.optional().describe('Of what was drawn.'),
  perRequest: usd.optional().describe('USD for each request, beside the price of its tokens.'),
});
export const pricing = prices.extend({
  above: z
    .object({ inputTokens: z.int().min(1).max(100_000_000), price: prices })
    .optional()
    .describe('The whole price of a request with more input than inputTokens.'),
});

/** Of a model that is declared without `contextTokens`. */
export const contextTokensDefault = 131_072;

const model = z
  .object({
    name: z.string().min(1).max(128).describe("The provider's own name of the model."),
    operations: z.array(operation).min(1).max(3).optional().meta({ 'x-kubernetes-list-type': 'set' }),
    contextTokens: z
      .int()
      .min(1)
      .max(100_000_000)
      .optional()
      .describe(`Input and output together; ${contextTokensDefault} where it is not given.`),
    maxOutputTokens: z.int().min(1).max(100_000_000).optional(),
    capabilities: z.array(modelCapability).max(16).optional().meta({ 'x-kubernetes-list-type': 'set' }),
    firstTokenTimeout: duration('1ms', '1h').optional(),
    pricing: pricing.optional().describe('Without a price the model is refused, never free.'),
  })
  .meta({
    'x-kubernetes-validations': [
      rule(
        `!has(self.maxOutputTokens) || self.maxOutputTokens <= (has(self.contextTokens) ? self.contextTokens : ${contextTokensDefault})`,
        'maxOutputTokens is at most contextTokens',
      ),
      rule(
        "!has(self.pricing) || !has(self.operations) || !self.operations.exists(o, o == 'chat.completions') || has(self.pricing.outputPerMillion)",
        'a model for chat.completions needs pricing.outputPerMillion',
      ),
      rule(
        "!has(self.pricing) || !has(self.pricing.perImage) || !has(self.operations) || self.operations.exists(o, o == 'images.generations')",
        'pricing.perImage is for images.generations',
      ),
      rule(
        '!has(self.pricing) || !has(self.pricing.perImage) || !has(self.pricing.imageOutputPerMillion)',
        'pictures are priced by perImage or by imageOutputPerMillion',
      ),
    ],
  });

/** Faults that the built-in mock provider shows, for rehearsals; packages/mock-provider defines the words. */
export const mockFault = z
  .object({
    kind: z.enum(['Status', 'Cut', 'Stall', 'Unterminated', 'Malformed', 'Endless']),
    percent: z.int().min(1).max(100).default(100).describe('Share of the requests that it happens to.'),
    status: z.int().min(400).max(599).optional(),
    retryAfterSeconds: z.int().min(0).max(3600).optional(),
    afterTokens: z.int().min(0).max(100_000).optional(),
  })
  .meta({
    'x-kubernetes-validations': [
      rule("(self.kind == 'Status') == has(self.status)", 'status is set if and only if kind is Status'),
      rule('has(self.status) || !has(self.retryAfterSeconds)', 'retryAfterSeconds needs kind Status'),
      rule(
        "!has(self.afterTokens) || self.kind in ['Cut','Stall','Malformed']",
        'afterTokens is for Cut, Stall and Malformed',
      ),
    ],
  });
export type MockFault = z.infer<typeof mockFault>;

const mock = z.object({
  latency: duration('0s', '10m').optional().describe('Before the first byte of each answer.'),
  tokenInterval: duration('0s', '1m').optional().describe('Before each token of a stream.'),
  faults: z.array(mockFault).max(16).optional(),
});

export const providerSpec = z
  .object({
    className,
    type: providerType,
    state: z
      .enum(['Enabled', 'Draining', 'Disabled'])
      .default('Enabled')
      .describe('Draining and Disabled take no new request; Draining reports how many are still open.'),
    endpoint: endpoint.optional(),
    credentials: z
      .object({
        apiKeys: z
          .array(apiKey)
          .min(1)
          .max(16)
          .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
      })
      .optional(),
    options: z
      .record(z.string().max(64), z.string().max(200))
      .optional()
      .meta({ maxProperties: 8, description: 'Options that only this type needs: `folder` for Yandex.' }),
    discovery: z
      .object({
        mode: z
          .enum(['Auto', 'Static'])
          .default('Auto')
          .describe('Auto: what is known of the vendor, with its list prices. Static: only what `models` says.'),
        include: z.array(z.string().min(1).max(128)).max(64).optional().describe('Names, with * for any text.'),
        exclude: z.array(z.string().min(1).max(128)).max(64).optional(),
      })
      .default({ mode: 'Auto' }),
    models: z
      .array(model)
      .max(256)
      .optional()
      .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
    limits: z
      .object({
        maxInFlight: z.int().min(1).max(10_000).optional().describe('Most requests that one proxy has open there.'),
      })
      .optional(),
    allowedRoutes: z
      .object({
        from: z.enum(['Same', 'All', 'Selector']).default('Same'),
        selector: z
          .object({ matchLabels: z.record(z.string().max(317), z.string().max(63)).meta({ maxProperties: 16 }) })
          .optional(),
      })
      .default({ from: 'Same' })
      .meta({
        description: 'Namespaces whose ModelRoutes may name this provider.',
        'x-kubernetes-validations': [
          rule("(self.from == 'Selector') == has(self.selector)", 'selector is set if and only if from is Selector'),
        ],
      }),
    mock: mock.optional(),
    profile: z
      .object(compatibilityProfile.shape)
      .optional()
      .describe('How a compatible server differs from OpenAI: a named profile, and what differs from it.'),
  })
  .meta({
    'x-kubernetes-validations': [
      rule('self.type == oldSelf.type && self.className == oldSelf.className', 'type and className are immutable'),
      rule(
        `!${isAnyOf(withoutAddress)} || has(self.endpoint)`,
        `endpoint is required for ${withoutAddress.join(', ')}`,
      ),
      rule(
        `has(self.credentials) || ${isAnyOf(withoutKey)}`,
        `credentials is required unless type is ${withoutKey.join(' or ')}`,
      ),
      rule(
        "self.discovery.mode != 'Static' || (has(self.models) && size(self.models) > 0)",
        'discovery.mode Static needs at least one entry in models',
      ),
      rule(
        `!${isAnyOf(withoutModels)} || self.discovery.mode == 'Static'`,
        `${withoutModels.join(', ')} has no known models: discovery.mode must be Static`,
      ),
      ...['mock', 'profile'].map((field) => {
        const types = typesThat((traits) => traits.field === field);
        return rule(`${isAnyOf(types)} || !has(self.${field})`, `${field} is for type ${types.join(', ')}`);
      }),
    ],
  });
export type ProviderSpec = z.infer<typeof providerSpec>;

/** `kubectl get providers`, live. */
export const providerStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: conditions.optional(),
  credentials: z
    .array(
      z.object({
        name: z.string().max(63),
        secretResourceVersion: z.string().max(64).optional(),
        state: z.enum(['Valid', 'Rejected', 'Missing', 'Unverified']),
      }),
    )
    .max(17)
    .optional()
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }),
  models: z
    .object({
      count: z.int().min(0),
      unpriced: z.int().min(0).optional(),
      names: z.array(z.string().max(128)).max(64).optional(),
      truncated: z.boolean().optional(),
    })
    .optional(),
  /** From the live traffic of all proxies, at most once a minute unless the breaker changes. */
  traffic: z
    .object({
      breaker: z.enum(['Closed', 'HalfOpen', 'Open']),
      /** Of the worst proxy, in milliseconds. */
      p95: z.string().max(16).optional(),
      errors: z.string().max(16).optional(),
      inFlight: z.int().min(0).optional(),
    })
    .optional(),
  programmed: programmed.optional(),
});
export type ProviderStatus = z.infer<typeof providerStatus>;

export const providerResource = z.object({
  metadata: z.object({
    name: objectName,
    namespace: namespaceName,
    uid: z.string(),
    generation: z.int(),
    resourceVersion: z.string(),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  spec: providerSpec,
  status: providerStatus.optional(),
});

/**
 * Condition types, in the order in which they are decided. `Healthy` is no part of `Ready`: an outage must not block a
 * deploy.
 */
export const providerConditionTypes = ['Accepted', 'CredentialsValid', 'Healthy', 'Programmed', 'Ready'] as const;
