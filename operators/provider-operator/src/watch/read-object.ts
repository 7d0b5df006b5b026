import {
  className,
  type ModelRouteSpec,
  type ModelRouteStatus,
  modelRouteSpec,
  modelRouteStatus,
  type PriceTableSpec,
  type PriceTableStatus,
  type ProviderSpec,
  type ProviderStatus,
  priceTableSpec,
  priceTableStatus,
  providerResource,
  providerSpec,
  providerStatus,
} from '@aggregator/contracts';
import { z } from 'zod';

export type ObjectMetadata = z.infer<typeof providerResource.shape.metadata>;

/** A custom resource as we found it. One that breaks our schema is still an object; its status names the fault. */
export interface Observed<Spec, Status> {
  readonly metadata: ObjectMetadata;
  readonly className: string;
  /** Null where it breaks the schema; `fault` says how, without any value of it. */
  readonly spec: Spec | null;
  readonly fault: string;
  /** Undefined if there is none, or it is not ours. */
  readonly status: Status | undefined;
}
export type ObservedProvider = Observed<ProviderSpec, ProviderStatus>;
export type ObservedRoute = Observed<ModelRouteSpec, ModelRouteStatus>;
export type ObservedPriceTable = Observed<PriceTableSpec, PriceTableStatus>;

const loose = z.object({
  metadata: providerResource.shape.metadata,
  spec: z.unknown().optional(),
  status: z.unknown().optional(),
});
const owned = z.object({ className });
const faultsMax = 5;

/** @throws {z.ZodError} where it has no metadata of an object, which the API server never sends. */
export const readProvider = (raw: unknown): ObservedProvider => readObject(raw, providerSpec, providerStatus);
/** @throws {z.ZodError} as `readProvider`. */
export const readModelRoute = (raw: unknown): ObservedRoute => readObject(raw, modelRouteSpec, modelRouteStatus);
/** @throws {z.ZodError} as `readProvider`. */
export const readPriceTable = (raw: unknown): ObservedPriceTable => readObject(raw, priceTableSpec, priceTableStatus);

function readObject<Spec, Status>(
  raw: unknown,
  specSchema: z.ZodType<Spec>,
  statusSchema: z.ZodType<Status>,
): Observed<Spec, Status> {
  const { metadata, spec, status } = loose.parse(raw);
  const parsed = specSchema.safeParse(spec);
  const parsedStatus = statusSchema.safeParse(status);
  return {
    metadata,
    className: owned.safeParse(spec).data?.className ?? 'default',
    spec: parsed.success ? parsed.data : null,
    fault: parsed.success ? '' : describeFaults(parsed.error, 'spec'),
    status: parsedStatus.success ? parsedStatus.data : undefined,
  };
}

/** `spec.models.0.name: …; …`: paths and rules alone, because a value could be a secret in the wrong place. */
export function describeFaults(error: z.ZodError, root: string): string {
  const faults = error.issues.map(({ path, message }) => `${[root, ...path.map(String)].join('.')}: ${message}`);
  const more = faults.length > faultsMax ? `; and ${faults.length - faultsMax} more` : '';
  return `${faults.slice(0, faultsMax).join('; ')}${more}`.slice(0, 1000);
}
