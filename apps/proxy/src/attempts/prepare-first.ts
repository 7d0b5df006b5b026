import type { SnapshotModel } from '@aggregator/contracts';
import {
  type HostedTools,
  JsonBody,
  type ProviderAdapter,
  type ProviderTarget,
  type TranslatedRequest,
} from '@aggregator/providers';
import type { RoutePlan } from '@aggregator/routing';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { toAddress } from './to-address.ts';
import type { RequestBody } from './write-bodies.ts';

/** A request in a provider's dialect: the calls that it consists of. */
export interface Translation {
  readonly requests: readonly TranslatedRequest[];
}

/** Translates a request into the dialect of a target. */
export type Prepare<Prepared> = (adapter: ProviderAdapter, address: ProviderTarget, model: SnapshotModel) => Prepared;

/**
 * Translates a request for its first target before anything is held, so that the hold covers the very bodies that go out.
 * `prepare` returns that translation to the first attempt, and translates for every other. `bodies` is `asked` alone if the first
 * target cannot take the request: its attempt then fails with the reason.
 */
export function prepareFirst<Prepared extends Translation>(
  context: Pick<ProxyContext, 'credentials'>,
  { requestId }: Pick<Exchange, 'requestId'>,
  { targets }: Pick<RoutePlan, 'targets'>,
  prepare: Prepare<Prepared>,
  asked: object,
): {
  readonly bodies: readonly RequestBody[];
  readonly hostedTools: HostedTools | null;
  readonly prepare: Prepare<Prepared>;
} {
  const [target] = targets;
  const toNone = () => ({ bodies: [new JsonBody(asked)], hostedTools: null, prepare });
  if (target === undefined) return toNone();
  let first: { readonly adapter: ProviderAdapter; readonly address: ProviderTarget; readonly prepared: Prepared };
  try {
    const address = toAddress(context, `${requestId}/1`, target);
    const { adapter, model } = target.candidate;
    first = { adapter, address, prepared: prepare(adapter, address, model) };
  } catch {
    return toNone();
  }
  let left: typeof first | null = first;
  return {
    bodies: first.prepared.requests,
    hostedTools: readHostedTools(first.prepared),
    prepare(adapter, address, model) {
      const ready = left;
      left = null;
      const isReady = ready !== null && ready.adapter === adapter && isSameAddress(ready.address, address);
      if (isReady) return ready.prepared;
      return prepare(adapter, address, model);
    },
  };
}

/** Returns what the provider's own tools may use. Only a request in one call has any. */
export function readHostedTools({ requests: [request] }: Translation): HostedTools | null {
  return request?.hostedTools ?? null;
}

/** False after a key was replaced in between, or if another target comes first after all. */
function isSameAddress(left: ProviderTarget, right: ProviderTarget): boolean {
  return (
    left.attemptId === right.attemptId &&
    left.baseUrl === right.baseUrl &&
    left.model === right.model &&
    left.credential === right.credential &&
    left.options === right.options
  );
}
