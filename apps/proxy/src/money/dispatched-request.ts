import {
  attemptSummary,
  budgetsPerRequestMax,
  type ComponentRates,
  countedBudget,
  limitsPerRequestMax,
  operation,
  type Price,
  pictureClasses,
  price,
  providerName,
  providerType,
  type Rates,
  requestFingerprint,
  tags,
  toolComponents,
  traceparent,
  usageComponents,
} from '@aggregator/contracts';
import type { SpoolIntent } from '@aggregator/spool';
import { z } from 'zod';

const count = z.number().int().min(0);

/**
 * All that settling a request takes, as its intent keeps it: who pays, who was called last, at what price, what was held. So
 * another process can settle what this one leaves behind. Holds no prompt and no secret.
 */
export const dispatchedRequest = z.object({
  requestId: z.uuid(),
  attempt: z.number().int().min(0),
  /** Attempts before this one. */
  earlier: z.array(attemptSummary),
  orgId: z.uuid(),
  userId: z.uuid(),
  keyId: z.uuid().nullable(),
  /** Absent: none. */
  teamId: z.uuid().optional(),
  tags: tags.optional(),
  operation,
  provider: z.object({
    name: providerName,
    type: providerType,
    baseUrl: z.string(),
    isAddressTrusted: z.boolean(),
    credentialRef: z.string(),
    options: z.record(z.string(), z.string()),
  }),
  model: z.string(),
  price,
  isStreamed: z.boolean(),
  /** RFC 3339. */
  dispatchedAt: z.iso.datetime(),
  /** Bounds in tokens that the hold was computed with; no estimate goes beyond them. */
  inputTokensMax: count,
  outputTokensMax: count,
  /** Pictures; absent: none. */
  imagesMax: count.optional(),
  /** The class of those pictures, which may have a separate price; absent or null: none. */
  pictureClass: z.enum(pictureClasses).nullish(),
  /** True if the model chooses their size or quality, so that the answer says their class. Absent for no. */
  isPictureOpen: z.boolean().optional(),
  /** What the provider's own tools can use; absent: nothing. */
  toolsMax: z.partialRecord(z.enum(toolComponents), count).optional(),
  /** Searches in intents of earlier versions. */
  toolCallsMax: count.optional(),
  /** What those pictures are worth in tokens if no usage comes. */
  outputTokensEstimate: count.optional(),
  /** Estimated input, for a provider that reports none. */
  inputTokensEstimate: count,
  /** The limit of tokens that is corrected at the end; null where the caller has none. */
  tokensSubject: z.string().nullable(),
  /**
   * The run of the kernel that the intent was written in, if the start of its call is marked in the spool. Without the mark,
   * and within the same run, no byte of the call was sent. Absent or null: the absence of a mark proves nothing.
   */
  bootId: z.string().max(64).nullish(),
  /** The organisation's limit of tokens that is corrected at the end; absent in intents of earlier versions. */
  organizationTokensSubject: z.string().nullish(),
  /** Limits of tokens that the organisation set, corrected at the end; absent: none. */
  levelTokensSubjects: z.array(z.string()).max(limitsPerRequestMax).nullish(),
  /** Budgets that count it; absent: none. */
  budgets: z.array(countedBudget).max(budgetsPerRequestMax).nullish(),
  /** Of the attempt in the trace; absent: there is none. */
  traceparent: traceparent.nullish(),
  /** Absent: none was computed. */
  fingerprint: requestFingerprint.optional(),
});
export type DispatchedRequest = z.infer<typeof dispatchedRequest>;

/** `<requestId>/<attempt>`: the id that is sent to the provider. */
export function attemptIdOf({ requestId, attempt }: Pick<DispatchedRequest, 'requestId' | 'attempt'>): string {
  return `${requestId}/${attempt}`;
}

/** Who used what, as the events of a settlement and of its correction begin. */
export function toSubject(request: DispatchedRequest) {
  const { orgId, userId, keyId, teamId, tags, operation, provider, model } = request;
  return {
    ...{ orgId, userId, keyId },
    ...(teamId !== undefined && { teamId }),
    ...(tags !== undefined && { tags }),
    ...{ operation, provider: provider.name, model },
  };
}

export function toIntent(request: DispatchedRequest): SpoolIntent {
  return {
    eventId: request.requestId,
    time: request.dispatchedAt,
    body: { ...request, price: toJsonPrice(request.price) },
  };
}

type JsonPrice = ReturnType<typeof writePrice>;

/** The price of a model is one object for all requests of a snapshot. */
const writtenPrices = new WeakMap<Price, JsonPrice>();

/** The price without counters that have no rate. */
function toJsonPrice(price: Price): JsonPrice {
  let written = writtenPrices.get(price);
  if (written === undefined) {
    written = writePrice(price);
    writtenPrices.set(price, written);
  }
  return written;
}

function writePrice({ version, rates, cost }: Price) {
  return {
    ...{ version, rates: toJsonRates(rates) },
    ...(cost !== undefined && { cost: { version: cost.version, rates: toJsonRates(cost.rates) } }),
  };
}

function toJsonRates(rates: Rates) {
  const { above } = rates;
  const tier = above !== undefined && { above: { inputTokens: above.inputTokens, rates: toJsonTier(above.rates) } };
  return { ...toJsonTier(rates), ...tier };
}

function toJsonTier(rates: ComponentRates) {
  const present: Record<string, string> = {};
  for (const component of usageComponents) {
    const rate = rates[component];
    if (rate !== undefined) present[component] = rate;
  }
  return present;
}
