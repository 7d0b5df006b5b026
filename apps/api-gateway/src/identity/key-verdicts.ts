import {
  AppError,
  type KeyInvalidation,
  type KeyVerdict,
  keyEpoch,
  keyInvalidation,
  keyVerdict,
  type Principal,
  type SessionVerdict,
  sessionVerdict,
  tryParseJson,
  type VerifyKeyRequest,
} from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { RememberedAnswers } from './remembered-answers.ts';

type ValidVerdict = Extract<KeyVerdict, { valid: true }>;

/** `expiresAtMs` is wall clock; `Infinity` for a key that never expires. */
type Judged = { verdict: KeyVerdict; expiresAtMs: number };

export interface KeyVerdictsOptions {
  auth: InternalClient;
  maxAgeMs: number;
  /** Most keys remembered, and most sessions; the longest known go first. */
  entriesMax: number;
  monotonicNow?: () => number;
  now?: () => number;
}

/** An order of auth to end the open answers of these callers, given `ageMs` milliseconds ago. */
export interface PolledCut {
  readonly cut: NonNullable<KeyInvalidation['cut']>;
  readonly ageMs: number;
}

const epochPollMs = 5000;
const refusedMaxAgeMs = 10_000;

/**
 * What auth says of each key, and of the session of each access token, remembered. A revocation or a changed limit arrives as
 * an invalidation within a second; if that message is lost, the epoch poll finds it within five; if auth cannot be reached
 * either, what is remembered dies of age, and then the gateway fails closed (promise I3).
 */
export class KeyVerdicts {
  readonly #auth: InternalClient;
  readonly #verdicts: RememberedAnswers<Judged>;
  readonly #sessions: RememberedAnswers<SessionVerdict>;
  readonly #now: () => number;
  #epoch: number | null = null;
  /** Ids of the orders in the last answer of the poll. */
  #cutsSeen: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | null = null;

  constructor({ auth, maxAgeMs, entriesMax, monotonicNow = () => performance.now(), now }: KeyVerdictsOptions) {
    this.#auth = auth;
    this.#now = now ?? Date.now;
    this.#verdicts = new RememberedAnswers({
      ask: (keySha256) => this.#judge(keySha256),
      maxAgeMs: (judged) => (judged.verdict.valid ? maxAgeMs : refusedMaxAgeMs),
      isRefusal: (judged) => !judged.verdict.valid,
      ...{ entriesMax, monotonicNow },
    });
    this.#sessions = new RememberedAnswers({
      ask: (session) => this.#judgeSession(session),
      maxAgeMs: (verdict) => (verdict.valid ? maxAgeMs : refusedMaxAgeMs),
      isRefusal: (verdict) => !verdict.valid,
      ...{ entriesMax, monotonicNow },
    });
  }

  /**
   * The verdict on a key, by its SHA-256 in hex; null when it is no valid key. Synchronous when it is remembered. Throws
   * `access_blocked` if the operator blocked it.
   */
  find(keySha256: string): ValidVerdict | null | Promise<ValidVerdict | null> {
    const found = this.#verdicts.find(keySha256);
    return found instanceof Promise ? found.then(this.#whileValid) : this.#whileValid(found);
  }

  /** True if the key was valid when auth was last asked about it, however long ago. */
  wasGood(keySha256: string): boolean {
    return this.#verdicts.wasGood(keySha256);
  }

  /**
   * The principal of a session in an organisation (`toSessionSubject`) as it is now; null when the session is over, or its user
   * has left the organisation. Synchronous when it is remembered. Throws
   * `access_blocked` if the operator blocked its user or organisation.
   */
  findSession(session: string): Principal | null | Promise<Principal | null> {
    const found = this.#sessions.find(session);
    return found instanceof Promise ? found.then(toPrincipal) : toPrincipal(found);
  }

  /** Takes a message of the invalidation channel. Returns the callers whose open answers end at once, if it names any. */
  invalidate(message: string): KeyInvalidation['cut'] {
    const parsed = keyInvalidation.safeParse(tryParseJson(message));
    if (!parsed.success || parsed.data.all) this.forgetAll();
    else this.#forget(parsed.data);
    return parsed.data?.cut;
  }

  #forget({ keySha256, organizationIds = [], userIds = [] }: KeyInvalidation): void {
    this.#verdicts.forget(keySha256);
    if (organizationIds.length + userIds.length === 0) return;
    // A refusal names no user: each blocked caller may be the one that is allowed again.
    const isOutdated = (verdict: KeyVerdict | SessionVerdict) =>
      verdict.valid
        ? organizationIds.includes(verdict.principal.orgId) || userIds.includes(verdict.principal.userId)
        : verdict.reason === 'blocked';
    this.#verdicts.forgetWhere(({ verdict }) => isOutdated(verdict));
    this.#sessions.forgetWhere(isOutdated);
  }

  /** Messages may have been missed: believe nothing that was remembered. */
  forgetAll(): void {
    this.#verdicts.forgetAll();
    this.#sessions.forgetAll();
  }

  startPolling(onCut: (order: PolledCut) => void, onError: (error: unknown) => void): void {
    const poll = async () => {
      for (const order of await this.pollEpoch()) onCut(order);
    };
    this.#timer = setInterval(() => {
      poll().catch(onError);
    }, epochPollMs);
    this.#timer.unref();
  }

  /** Returns the orders to end answers that no earlier poll had: most of them arrived by their messages as well. */
  async pollEpoch(): Promise<PolledCut[]> {
    const path = '/internal/keys/epoch?cuts=true';
    const { epoch, cuts = [] } = await this.#auth.call({ method: 'GET', path, answer: keyEpoch });
    if (this.#epoch !== null && epoch !== this.#epoch) this.forgetAll();
    this.#epoch = epoch;
    const fresh = cuts.filter(({ id }) => !this.#cutsSeen.has(id));
    this.#cutsSeen = new Set(cuts.map(({ id }) => id));
    return fresh.map(({ id: _id, ageMs, ...cut }) => ({ cut, ageMs }));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  readonly #whileValid = ({ verdict, expiresAtMs }: Judged): ValidVerdict | null => {
    if (!verdict.valid) return refuse(verdict);
    return expiresAtMs > this.#now() ? verdict : null;
  };

  async #judge(keySha256: string): Promise<Judged> {
    const body: VerifyKeyRequest = { keySha256 };
    const verdict = await this.#auth.call({
      method: 'POST',
      path: '/internal/keys/verify',
      body,
      answer: keyVerdict,
    });
    const expiresAt = verdict.valid ? verdict.expiresAt : null;
    return { verdict, expiresAtMs: expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt) };
  }

  #judgeSession(session: string): Promise<SessionVerdict> {
    return this.#auth.call({ method: 'GET', path: `/internal/sessions/${session}`, answer: sessionVerdict });
  }
}

/** Returns what the verdict on a session is remembered by: its id and the organisation, as auth is asked for them. */
export function toSessionSubject(sessionId: string, organizationId: string): string {
  return `${sessionId}?organizationId=${organizationId}`;
}

function toPrincipal(verdict: SessionVerdict): Principal | null {
  return verdict.valid ? verdict.principal : refuse(verdict);
}

/** A block is named; every other reason stays secret. Throws `access_blocked`. */
function refuse({ reason }: Extract<KeyVerdict | SessionVerdict, { valid: false }>): null {
  if (reason === 'blocked') throw new AppError('access_blocked');
  return null;
}
