import { AppError } from '@aggregator/contracts';
import { disconnectPolicyOf, type ProviderAdapter, type ProviderTarget } from '@aggregator/providers';
import type { AttemptTicket } from '@aggregator/resilience';
import type { Target } from '@aggregator/routing';
import { attemptIdOf, type DispatchedRequest, toIntent } from '../money/dispatched-request.ts';
import { type HoldContext, raiseHold } from '../money/hold-request.ts';
import type { RequestBounds } from '../money/request-bounds.ts';
import { priceAt } from '../money/request-cost.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { CallLimits } from '../upstream/call-clock.ts';
import type { ProviderPool } from '../upstream/provider-pools.ts';
import { limitsOf } from './call-limits.ts';
import { mustGiveTurn } from './give-turn.ts';
import type { OpenRequest } from './open-request.ts';
import { type Prepare, readHostedTools, type Translation } from './prepare-first.ts';
import { SendingMark } from './sending-mark.ts';
import { toAddress } from './to-address.ts';
import { writeBodies } from './write-bodies.ts';

/** Parts that begin an attempt: address, hold, intent, connection. */
export type AttemptContext = HoldContext &
  Pick<ProxyContext, 'bootId' | 'credentials' | 'drains' | 'memory' | 'pools' | 'requests' | 'spool'>;

/** One call of one target, on record from before it is made. */
export interface Attempt<Prepared> {
  readonly open: OpenRequest;
  readonly target: Target;
  readonly request: DispatchedRequest;
  readonly adapter: ProviderAdapter;
  readonly address: ProviderTarget;
  readonly prepared: Prepared;
  readonly pool: ProviderPool;
  readonly limits: CallLimits;
  readonly ticket: AttemptTicket;
  /** On the monotonic clock. */
  readonly startedMs: number;
  /**
   * The client has left: keeps the call for a bounded time, so that its usage is known, and calls `onOver` after that. Returns
   * how to end that time; null if the call must be cancelled now.
   */
  drain(onOver: () => void): (() => void) | null;
  /** Of the call of the record; null for one that has no record. */
  readonly mark: SendingMark | null;
}

export interface AttemptPlan<Prepared> {
  readonly target: Target;
  /** True if the short limits of failover apply: another provider is left, or the client has a part of an answer already. */
  readonly isUrgent: boolean;
  /** False where an earlier attempt stays on record, because it delivered what the caller has. */
  readonly isRecorded: boolean;
  /** Output that was delivered by an earlier attempt and is charged with this one; none if absent. Tokens. */
  readonly deliveredTokens?: number;
  /** Translation into the target's dialect; what it throws ends the attempt before anything is on record. */
  readonly prepare: Prepare<Prepared>;
  /** Of the attempt in the trace; undefined while traces are off. */
  readonly traceparent?: string | undefined;
}

/**
 * Translates the request, makes sure that the hold covers the very bytes that go out (I2), then prepares the intent: `mark`
 * writes it, or the next flush. From here on the request is settled exactly once; from the write on also if this process dies. What cannot begin
 * leaves no record and throws: `unsupported_parameter`, `spool_full`, `upstream_misconfigured`, `service_unavailable`,
 * `request_cancelled`, `insufficient_quota`, `billing_unavailable`.
 */
export async function beginAttempt<Prepared extends Translation>(
  context: AttemptContext,
  open: OpenRequest,
  plan: AttemptPlan<Prepared>,
): Promise<Attempt<Prepared>> {
  requireCaller(open);
  const { target } = plan;
  const { adapter, provider, model } = target.candidate;
  const attempt = open.attempts.length + 1;
  const address = toAddress(context, attemptIdOf({ requestId: open.exchange.requestId, attempt }), target);
  const prepared = plan.prepare(adapter, address, model);
  if (mustGiveTurn(open.exchange)) await writeLarge(open, prepared);
  const bounds = boundAttempt(open, plan, prepared);
  const neededNanoUsd = priceAt(target.candidate, bounds);
  if (neededNanoUsd > open.hold.amountNanoUsd) {
    await raiseHold(context, open.exchange, open.hold, neededNanoUsd);
    requireCaller(open);
  }
  const { traceparent } = plan;
  const dispatched = toDispatched(context, open, target, attempt, bounds);
  const request = traceparent === undefined ? dispatched : { ...dispatched, traceparent };
  const pool = context.pools.take(provider, open.exchange.principal.orgId);
  if (plan.isRecorded) {
    context.spool.prepareIntent(toIntent(request));
    open.leave ??= context.requests.enter(open);
    open.dispatched = request;
  }
  return {
    ...{ open, target, request, adapter, address, prepared, pool },
    limits: limitsOf(context.config, {
      ...{ deadlineMs: open.deadlineMs, isStreamed: open.isStreamed },
      ...{ isUrgent: plan.isUrgent, candidate: target.candidate },
    }),
    ticket: context.memory.begin(target.key),
    startedMs: performance.now(),
    drain:
      plan.isRecorded && mayDrain(adapter, provider.options) ? (onOver) => context.drains.enter(onOver) : () => null,
    // A resume has no record: the call of the record began before.
    mark: plan.isRecorded ? new SendingMark(context.spool, request) : null,
  };
}

async function writeLarge(open: OpenRequest, { requests }: Translation): Promise<void> {
  await writeBodies(open.exchange, requests);
  requireCaller(open);
}

/** The client may have left before the attempt, or while it was prepared. */
function requireCaller({ exchange }: OpenRequest): void {
  if (exchange.response.destroyed) throw new AppError('request_cancelled');
}

function mayDrain(adapter: ProviderAdapter, options: Readonly<Record<string, string>>): boolean {
  return disconnectPolicyOf(adapter, options) === 'drain';
}

/** Returns what the calls of one attempt can use at most. */
function boundAttempt<Prepared extends Translation>(
  { bound }: OpenRequest,
  { target: { candidate }, deliveredTokens = 0 }: AttemptPlan<Prepared>,
  prepared: Prepared,
): RequestBounds {
  const bodies = prepared.requests.map(({ body }) => body);
  const bounds = bound(bodies, candidate.model, readHostedTools(prepared));
  return deliveredTokens === 0 ? bounds : { ...bounds, outputTokensMax: bounds.outputTokensMax + deliveredTokens };
}

/** A request as its intent keeps it, with the number of the attempt and the bounds that are held for it. */
export function toDispatched(
  context: Pick<AttemptContext, 'bootId' | 'now'>,
  open: OpenRequest,
  target: Target,
  attempt: number,
  bounds: RequestBounds,
): DispatchedRequest {
  const { exchange, hold, operation, isStreamed, attempts } = open;
  const { provider, model, price } = target.candidate;
  const { orgId, userId, keyId, teamId } = exchange.principal;
  const { name, type, baseUrl, isAddressTrusted, options } = provider;
  return {
    ...{ requestId: exchange.requestId, attempt, orgId, userId, keyId, operation },
    ...(teamId !== undefined && { teamId }),
    ...(exchange.tags !== undefined && { tags: exchange.tags }),
    ...(exchange.fingerprint !== undefined && { fingerprint: exchange.fingerprint }),
    earlier: [...attempts],
    provider: { name, type, baseUrl, isAddressTrusted, credentialRef: target.credentialRef, options },
    ...{ model: model.id, price, isStreamed },
    dispatchedAt: new Date(context.now()).toISOString(),
    inputTokensMax: bounds.inputTokensMax,
    outputTokensMax: bounds.outputTokensMax,
    ...toPictureBounds(bounds),
    ...(bounds.toolsMax !== undefined && { toolsMax: bounds.toolsMax }),
    inputTokensEstimate: bounds.inputTokensEstimate,
    bootId: context.bootId,
    tokensSubject: hold.tokensSubject,
    organizationTokensSubject: hold.organizationTokensSubject,
    ...(hold.levelTokensSubjects.length > 0 && { levelTokensSubjects: [...hold.levelTokensSubjects] }),
    ...(hold.budgets.counted.length > 0 && { budgets: [...hold.budgets.counted] }),
  };
}

function toPictureBounds({ imagesMax, isPictureOpen, outputTokensEstimate, pictureClass = null }: RequestBounds) {
  if (imagesMax === undefined) return {};
  const open = isPictureOpen === true && { isPictureOpen };
  return { imagesMax, pictureClass, ...open, ...(outputTokensEstimate !== undefined && { outputTokensEstimate }) };
}
