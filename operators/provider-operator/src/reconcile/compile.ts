import {
  contextTokensDefault,
  type DeclarationOrigin,
  type DeclaredProviderEntry,
  type DeclaredRouteEntry,
  declaredProvider,
  declaredRoute,
  type ManagedModel,
  type ModelRouteSpec,
  type Operation,
  type ProviderSpec,
  toDurationMs,
  toMockScript,
  toProfileOption,
} from '@aggregator/contracts';
import { z } from 'zod';
import { describeFaults, type ObjectMetadata } from '../watch/read-object.ts';
import { toPrice } from './compile-price.ts';

/**
 * An entry that the orchestrator's own schema takes, or why there is none: one that it refused would cost all the
 * others.
 */
export type Compiled<Entry> = { readonly entry: Entry; readonly fault?: never } | { readonly fault: string };

const strategies = { Weighted: 'weighted', LowestLatency: 'latency', LowestPrice: 'price' } as const;
const resumes = { Never: 'off', Prefill: 'prefill', Verified: 'verified' } as const;

export function compileProvider(
  metadata: ObjectMetadata,
  spec: ProviderSpec,
  credentialIds: readonly string[],
  tlsCredentialId: string | null,
): Compiled<DeclaredProviderEntry> {
  return checkEntry(declaredProvider, () => ({
    origin: toOrigin(metadata),
    name: metadata.name,
    type: spec.type,
    ...(spec.endpoint !== undefined && { baseUrl: spec.endpoint.baseURL }),
    credentialIds: [...credentialIds],
    ...(tlsCredentialId !== null && { tlsCredentialId }),
    options: { ...spec.options, ...toMockScript(spec.mock), ...toProfileOption(spec.profile) },
    concurrencyMax: spec.limits?.maxInFlight ?? null,
    ...(spec.models !== undefined && { models: spec.models.map(toManagedModel) }),
    hasKnownModels: spec.discovery.mode === 'Auto',
    include: spec.discovery.include ?? [],
    exclude: spec.discovery.exclude ?? [],
  }));
}

export interface Candidate {
  readonly provider: string;
  readonly model: string;
  readonly priority: number;
  readonly weight: number;
}

export function compileRoute(
  metadata: ObjectMetadata,
  spec: ModelRouteSpec,
  candidates: readonly Candidate[],
): Compiled<DeclaredRouteEntry> {
  return checkEntry(declaredRoute, () => ({
    origin: toOrigin(metadata),
    name: spec.model,
    route: {
      strategy: strategies[spec.strategy],
      isSticky: spec.sticky,
      resume: resumes[spec.resume],
      mayFailOverOnPolicy: spec.failOverOnPolicy,
      candidates: [...candidates],
    },
  }));
}

/** Defaults for what a model does not declare: what most of today's models have. */
function toManagedModel(model: NonNullable<ProviderSpec['models']>[number]): ManagedModel {
  const { name, contextTokens, maxOutputTokens, capabilities, firstTokenTimeout, pricing } = model;
  return {
    id: name,
    operations: model.operations ?? [guessOperation(pricing)],
    contextLength: contextTokens ?? contextTokensDefault,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(capabilities !== undefined && { capabilities }),
    ...(firstTokenTimeout !== undefined && { firstLifeMs: toDurationMs(firstTokenTimeout) }),
    ...(pricing !== undefined && { price: toPrice(pricing) }),
  };
}

type Pricing = NonNullable<NonNullable<ProviderSpec['models']>[number]['pricing']>;

/** What a model does by what it has a price for. */
function guessOperation(pricing: Pricing | undefined): Operation {
  if (pricing?.perImage !== undefined) return 'images.generations';
  return pricing === undefined || pricing.outputPerMillion !== undefined ? 'chat.completions' : 'embeddings';
}

export function toOrigin({ namespace, name, uid, generation }: ObjectMetadata): DeclarationOrigin {
  return { namespace, name, uid, generation };
}

/** Composes an entry and holds it against its schema. */
export function checkEntry<Entry>(schema: z.ZodType<Entry>, compose: () => Entry): Compiled<Entry> {
  try {
    return { entry: schema.parse(compose()) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { fault: describeFaults(error, 'declared') };
  }
}
