import { AppError, type AttemptSummary, toAppError } from '@aggregator/contracts';
import { chooseFailure, decide, type Failure } from '@aggregator/resilience';
import { isElsewhere, type Target, widerFirst } from '@aggregator/routing';
import { noCharge } from '../money/charge.ts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';
import { cancelHold } from '../money/hold-request.ts';
import { type SettleContext, settleRequest } from '../money/settle-request.ts';
import type { AttemptEnd } from '../money/settled.ts';
import { judgeSpent } from '../money/spent-by-failure.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { AttemptOutcome } from './attempt-outcome.ts';
import { type Attempt, type AttemptContext, type AttemptPlan, beginAttempt } from './begin-attempt.ts';
import { isProvidersFault, isUnauthorized, judgeFailure, mayAskOtherwise } from './judge-failure.ts';
import type { OpenRequest } from './open-request.ts';
import { pauseBetween } from './pause-between.ts';
import type { Translation } from './prepare-first.ts';
import { beginAttemptTrace, endAttemptTrace } from './trace-attempt.ts';

/** Parts that serve a request from its hold to its settlement. */
export type ServeContext = AttemptContext & SettleContext & Pick<ProxyContext, 'routing' | 'tracing' | 'traffic'>;

/** How one kind of request is tried at a target and answered. */
export interface Performance<Prepared> {
  readonly prepare: AttemptPlan<Prepared>['prepare'];
  perform(attempt: Attempt<Prepared>): Promise<AttemptOutcome>;
  /** Continues an answer that broke off at another target; null where this kind, or what was delivered, does not allow it. */
  readonly resume: Resume<Prepared> | null;
  /** The last word to the caller, where there is no answer. */
  sendFailure(failure: AppError): void;
}

export interface Resume<Prepared> {
  /** True if the delivered text can be continued. */
  isPossible(): boolean;
  /** The ways to continue at this target, the better one first: each is one attempt. */
  waysFor(target: Target): readonly ResumeWay<Prepared>[];
}

export interface ResumeWay<Prepared> extends Pick<Performance<Prepared>, 'prepare' | 'perform'> {
  /** Tokens that were delivered before and are charged as output beside those of this attempt. */
  readonly deliveredTokens: number;
  /** True if the target answered something else than was delivered: another target is not asked after that. */
  hasDiverged(): boolean;
  noteFailure(failure: AppError): void;
}

type Failed = Extract<AttemptOutcome, { result: 'failed' }>;

interface Ended {
  /** The attempt that is charged, if any is. */
  readonly request: DispatchedRequest;
  readonly end: AttemptEnd;
}

/**
 * Tries targets until one has answered, none is left, or the caller has gone; then settles, once. Throws where nothing was
 * dispatched at all: then nothing stays held.
 */
export async function serveRequest<Prepared extends Translation>(
  context: ServeContext,
  open: OpenRequest,
  performance_: Performance<Prepared>,
): Promise<void> {
  let ended: Ended | null = null;
  try {
    ended = await new Attempts(context, open, performance_).run();
  } catch (thrown) {
    if (open.dispatched === null) {
      cancelHold(context, open.exchange, open.hold);
      throw thrown;
    }
    const failure = toAppError(thrown);
    performance_.sendFailure(failure);
    ended = { request: open.dispatched, end: brokenEnd(open, failure) };
  } finally {
    open.cut = null;
    if (ended !== null) await settle(context, open, ended);
  }
}

async function settle(context: SettleContext, open: OpenRequest, { request, end }: Ended): Promise<void> {
  try {
    // A whole answer was settled before its last bytes went out.
    if (end.outcome !== 'completed') {
      // The customer pays for what was delivered, so it is no cost of a failure beside.
      if (end.outputCharacters > 0) delete open.attempts[request.attempt - 1]?.spent;
      await settleRequest(context, request, { ...end, attempts: open.attempts }, open.readPrompt);
    }
  } finally {
    open.leave?.();
  }
}

/** The attempts of one request, one after the other. */
class Attempts<Prepared extends Translation> {
  readonly #context: ServeContext;
  readonly #open: OpenRequest;
  readonly #performance: Performance<Prepared>;
  #targets: readonly Target[];
  #position = 0;
  #triesHere = 0;
  #waitsHere = 0;
  #pausedMs = 0;
  /** Of all attempts so far that delivered nothing. */
  readonly #failures: AppError[] = [];

  constructor(context: ServeContext, open: OpenRequest, performance_: Performance<Prepared>) {
    this.#context = context;
    this.#open = open;
    this.#performance = performance_;
    this.#targets = open.plan.targets;
  }

  async run(): Promise<Ended> {
    for (;;) {
      const target = this.#targets[this.#position];
      if (target === undefined) throw new AppError('model_not_found', { param: 'model' });
      this.#triesHere += 1;
      const others = this.#targets.slice(this.#position + 1);
      const isUrgent = others.some((other) => isElsewhere(other, target));
      const tried = await this.#try({ target, isUrgent, isRecorded: true, prepare: this.#performance.prepare });
      if (tried.outcome.result !== 'failed') return toEnded(this.#open, tried.outcome);
      const { failure, hasDelivered } = tried.outcome;
      const judged = judgeFailure(failure);
      const rest = hasDelivered ? others : findRest(judged, target, others);
      if (!hasDelivered) this.#failures.push(failure);
      const next = this.#decide(judged, target, rest.length > 0, hasDelivered, tried.isOpenNow);
      if (next.next === 'again') {
        const pause = await pauseBetween(this.#open, next.pauseMs);
        this.#pausedMs += next.pauseMs;
        if (pause !== null) return this.#stop(pause);
      } else if (next.next === 'other') this.#moveOn(rest);
      else if (next.next === 'resume') return await this.#resume(tried.outcome);
      else return this.#giveUp(tried.outcome);
    }
  }

  async #try(
    plan: AttemptPlan<Prepared>,
    perform = this.#performance.perform,
  ): Promise<{ outcome: AttemptOutcome; isOpenNow: boolean }> {
    const startedMs = performance.now();
    const span = beginAttemptTrace(this.#context.tracing, this.#open, plan.target);
    let attempt: Attempt<Prepared> | null = null;
    let outcome: AttemptOutcome;
    try {
      attempt = await beginAttempt(this.#context, this.#open, { ...plan, traceparent: span?.traceparent });
      outcome = await perform(attempt);
    } catch (thrown) {
      const failure = toAppError(thrown);
      const end: AttemptEnd = { ...brokenEnd(this.#open, failure), isSent: false };
      outcome = { result: 'failed', end, failure, hasDelivered: false };
    }
    const isOpenNow = attempt !== null && this.#remember(attempt, outcome);
    const failure = outcome.result === 'completed' ? null : outcome.end.failure;
    const { provider, model } = plan.target.candidate;
    const latencyMs = Math.round(performance.now() - startedMs);
    const summary = { provider: provider.name, model: model.id, errorCode: failure?.code ?? null, latencyMs };
    const spent = attempt !== null && outcome.result === 'failed' ? this.#judgeSpent(attempt, outcome) : undefined;
    if (span !== null) endAttemptTrace(span, outcome);
    this.#open.attempts.push(spent === undefined ? summary : { ...summary, spent });
    if (outcome.result === 'failed')
      this.#context.events.attemptFailed(this.#open.exchange.requestId, plan.target, outcome.failure);
    return { outcome, isOpenNow };
  }

  #judgeSpent({ request }: Attempt<Prepared>, { end, failure }: Failed): AttemptSummary['spent'] {
    return judgeSpent(request, end, judgeFailure(failure).kind, this.#open.readPrompt);
  }

  /** Reports to the memory of targets, and to the traffic, how it went; returns whether the breaker opened. */
  #remember(attempt: Attempt<Prepared>, outcome: AttemptOutcome): boolean {
    const { memory, routing, traffic } = this.#context;
    const { target, ticket, startedMs } = attempt;
    const provider = attempt.request.provider.name;
    if (outcome.result === 'completed') {
      const { ttftMs, charge } = outcome.end;
      const latencyMs = performance.now() - startedMs;
      memory.succeed(ticket, { ttftMs, latencyMs, outputTokens: charge?.usage.outputText ?? 0 });
      traffic.succeed(provider, ttftMs ?? latencyMs);
      routing.trials.noteOutcome(provider, true);
      return false;
    }
    if (outcome.result === 'failed' && isProvidersFault(outcome.failure)) {
      // A key that was replaced meanwhile says nothing of those that are used now.
      const isInUse = routing.index?.targetKeys.has(target.key) === true;
      traffic.fail(provider, isInUse && isUnauthorized(outcome.failure));
      routing.trials.noteOutcome(provider, false);
    } else traffic.forget(provider);
    if (outcome.result === 'failed') return memory.fail(ticket, judgeFailure(outcome.failure));
    memory.forget(ticket);
    return false;
  }

  #decide(failure: Failure, target: Target, hasNext: boolean, hasDelivered: boolean, isOpenNow: boolean) {
    const { config, memory } = this.#context;
    const canAnyoneElse = failure.code !== 'content_policy_violation' || this.#open.plan.mayFailOverOnPolicy;
    const decision = decide(
      {
        ...failure,
        mayFailOver: canAnyoneElse && (failure.mayFailOver || failure.code === 'content_policy_violation'),
      },
      {
        triesHere: this.#triesHere,
        waitsHere: this.#waitsHere,
        leftMs: this.#open.deadlineMs - performance.now(),
        pausedMs: this.#pausedMs,
        ...{ hasNext, hasDelivered, isOpenNow },
      },
      config.retryPolicy,
      Math.random,
    );
    if (decision.next !== 'again') return decision;
    if (failure.retryAfterMs !== null) this.#waitsHere += 1;
    if (memory.takeRetry(target.key)) return decision;
    return hasNext && failure.mayFailOver ? ({ next: 'other' } as const) : ({ next: 'fail' } as const);
  }

  #moveOn(rest: readonly Target[]): void {
    this.#targets = rest;
    this.#position = 0;
    this.#triesHere = 0;
    this.#waitsHere = 0;
  }

  /**
   * Continues a broken answer at another target, once. A target that fails before it delivered anything has not used up the one
   * resume of the request: the next one is asked. If none continues it, the client receives the failure that broke the answer.
   */
  async #resume(broken: Failed): Promise<Ended> {
    const { resume } = this.#performance;
    const delivering = this.#open.dispatched;
    if (resume === null || delivering === null || !resume.isPossible()) return this.#giveUp(broken);
    let rest = this.#readyFirst(this.#targets.slice(this.#position + 1));
    let hasRetried = false;
    for (let [target] = rest; target !== undefined; [target] = rest) {
      const outcome = await this.#resumeAt(target, resume);
      if (outcome === null) break;
      if (outcome.result === 'completed') {
        this.#context.events.streamResumed(this.#open.exchange.requestId, delivering.provider.name, target);
        return { request: delivering, end: outcome.end };
      }
      if (outcome.result === 'left') return { request: delivering, end: { ...broken.end, ...asLeft(outcome.end) } };
      const judged = judgeFailure(outcome.failure);
      rest = findRest(judged, target, rest.slice(1));
      if (rest.length > 0 || hasRetried) continue;
      // The last of them gets one retry, if it refused before it began.
      hasRetried = true;
      const mayRetry = judged.kind === 'answered' || judged.kind === 'unreachable';
      const pauseMs = mayRetry ? this.#pauseBeforeRetry(judged, target) : null;
      if (pauseMs === null) break;
      const reason = await pauseBetween(this.#open, pauseMs);
      if (reason?.code === 'request_cancelled')
        return { request: delivering, end: { ...broken.end, outcome: 'aborted', failure: reason } };
      if (reason !== null) break;
      rest = [target];
    }
    return this.#giveUp(broken);
  }

  #pauseBeforeRetry(failure: Failure, target: Target): number | null {
    const { config, memory } = this.#context;
    const leftMs = this.#open.deadlineMs - performance.now();
    const decision = decide(
      failure,
      { triesHere: 1, waitsHere: 0, hasNext: false, hasDelivered: false, isOpenNow: false, pausedMs: 0, leftMs },
      config.retryPolicy,
      Math.random,
    );
    return decision.next === 'again' && memory.takeRetry(target.key) ? decision.pauseMs : null;
  }

  /** Tries the ways of one target. Returns null if no other target may be asked any more. */
  async #resumeAt(target: Target, resume: Resume<Prepared>): Promise<AttemptOutcome | null> {
    let last: AttemptOutcome | null = null;
    for (const way of resume.waysFor(target)) {
      const { prepare, deliveredTokens } = way;
      const plan = { target, isUrgent: true, isRecorded: false, prepare, deliveredTokens };
      const { outcome } = await this.#try(plan, way.perform);
      if (outcome.result !== 'failed') return outcome;
      way.noteFailure(outcome.failure);
      if (outcome.hasDelivered || way.hasDiverged()) return null;
      last = outcome;
      if (!mayAskOtherwise(outcome.failure)) break;
    }
    return last;
  }

  /** Targets that are open or rest come last; they are asked all the same if nothing else is left. */
  #readyFirst(targets: readonly Target[]): readonly Target[] {
    const isReady = ({ key }: Target) => ['ready', 'probe'].includes(this.#context.memory.judge(key));
    return [...targets.filter(isReady), ...targets.filter((target) => !isReady(target))];
  }

  /** The client receives the failure that helps it most, or the one that broke what it has. */
  #giveUp({ end, failure: last, hasDelivered }: Failed): Ended {
    const { dispatched } = this.#open;
    const helpful = this.#failures[chooseFailure(this.#failures.map(judgeFailure))];
    const failure = hasDelivered ? last : (helpful ?? last);
    if (dispatched === null) throw failure;
    this.#performance.sendFailure(failure);
    return { request: dispatched, end: { ...end, failure } };
  }

  /** The caller went, or we are closing, while nothing was under way. */
  #stop(reason: AppError): Ended {
    const { dispatched } = this.#open;
    if (dispatched === null) throw reason;
    if (reason.code !== 'request_cancelled') this.#performance.sendFailure(reason);
    const outcome = reason.code === 'request_cancelled' ? 'aborted' : 'failed';
    return { request: dispatched, end: { ...brokenEnd(this.#open, reason), outcome, charge: noCharge } };
  }
}

/**
 * Returns what may be tried after a failure, of the targets that are left. After a request that was too long, only models that
 * take more of it. After a failure of the servers or the way to them, only other models and addresses: a second key reaches the
 * same servers, which may have done the work and would bill it twice. A status may be the key's own, so its next key is tried.
 */
function findRest({ code, kind }: Failure, failed: Target, rest: readonly Target[]): readonly Target[] {
  if (code === 'context_length_exceeded') return widerFirst(rest, failed);
  return kind === 'answered' ? rest : rest.filter((target) => isElsewhere(target, failed));
}

function toEnded({ dispatched }: OpenRequest, { end }: AttemptOutcome): Ended {
  if (dispatched === null) throw new AppError('internal_error', { internal: 'an attempt without a record' });
  return { request: dispatched, end };
}

function asLeft({ outcome, failure }: AttemptEnd): Pick<AttemptEnd, 'outcome' | 'failure'> {
  return { outcome, failure };
}

/** The end of an attempt of which nothing is known but that it failed. */
function brokenEnd({ exchange }: OpenRequest, failure: AppError): AttemptEnd {
  return {
    outcome: 'failed',
    failure,
    isSent: false,
    charge: null,
    usage: null,
    outputCharacters: 0,
    latencyMs: performance.now() - exchange.startedMs,
    ttftMs: null,
  };
}
