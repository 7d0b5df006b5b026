import { AppError, type KeyInvalidation, type Principal } from '@aggregator/contracts';
import { Roster } from '@aggregator/service-kit';
import type { AnswerRelay } from './relay-answer.ts';

/** The client of an answer: its principal, and when its request began on the monotonic clock. */
export interface AnswerOwner {
  readonly principal: Principal;
  readonly startedMs: number;
}

type CutOrder = NonNullable<KeyInvalidation['cut']>;

interface Answer {
  readonly relay: AnswerRelay;
  readonly owner: AnswerOwner;
}

/** Longer than the longest upload: a request that began before its key was cut may reach a proxy so much later. */
const ordersKeptMs = 130_000;
const ordersMax = 1000;

/** Open answers of proxies on their way to clients. */
export class OpenAnswers {
  readonly #open = new Roster<Answer>();
  readonly #onStreamCut: (reason: 'shutdown' | 'revoked') => void;
  readonly #now: () => number;
  #orders: { atMs: number; order: CutOrder }[] = [];
  #isCut = false;

  constructor(onStreamCut: (reason: 'shutdown' | 'revoked') => void, now: () => number = () => performance.now()) {
    this.#onStreamCut = onStreamCut;
    this.#now = now;
  }

  get count(): number {
    return this.#open.size;
  }

  /** True once the gateway is about to end: nothing new is begun. */
  get isCut(): boolean {
    return this.#isCut;
  }

  /** Returns how to leave again. */
  enter(relay: AnswerRelay, owner: AnswerOwner): () => void {
    const leave = this.#open.enter({ relay, owner });
    if (this.#isCut) this.#endForShutdown(relay);
    for (const { atMs, order } of this.#orders) {
      if (owner.startedMs <= atMs && isMeant(order, owner.principal)) this.#endForRevocation({ relay, owner });
    }
    return leave;
  }

  /** Ends all of them, each with a last event that gives the reason, if its answer still allows one. */
  cutAll(): void {
    this.#isCut = true;
    for (const { relay } of this.#open) this.#endForShutdown(relay);
  }

  /**
   * Ends the answers of these callers at once (I3), also those whose requests have begun but are not with a proxy yet. Requests
   * that began after the order stay: auth has admitted them since.
   * @param ageMs since the order was given.
   */
  cutCallers(order: CutOrder, ageMs = 0): void {
    const nowMs = this.#now();
    const atMs = nowMs - ageMs;
    this.#orders = this.#orders.filter((other) => nowMs - other.atMs < ordersKeptMs).slice(1 - ordersMax);
    this.#orders.push({ atMs, order });
    for (const answer of this.#open) {
      const { principal, startedMs } = answer.owner;
      if (startedMs <= atMs && isMeant(order, principal)) this.#endForRevocation(answer);
    }
  }

  #endForShutdown(relay: AnswerRelay): void {
    const reason = new AppError('service_unavailable', { internal: 'shutting down', retryAfterMs: 1000 });
    if (relay.cut(reason)) this.#onStreamCut('shutdown');
  }

  #endForRevocation({ relay, owner }: Answer): void {
    const code = owner.principal.keyId === null ? 'invalid_token' : 'invalid_api_key';
    if (relay.cutAtOnce(new AppError(code, { internal: 'revoked while the answer was open' }))) {
      this.#onStreamCut('revoked');
    }
  }
}

function isMeant({ keyIds, userIds, organizationIds }: CutOrder, { keyId, userId, orgId }: Principal): boolean {
  return (keyId !== null && keyIds.includes(keyId)) || userIds.includes(userId) || organizationIds.includes(orgId);
}
