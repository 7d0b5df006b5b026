import {
  type KeyVerdict,
  keyEpoch,
  keyInvalidation,
  keyVerdict,
  organizationPrivacy,
  type PrivacyPolicy,
  type VerifyKeyRequest,
} from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { RememberedAnswers } from './remembered-answers.ts';

type ValidVerdict = Extract<KeyVerdict, { valid: true }>;

/** Null: auth says that there is no such key. `expiresAtMs` is wall clock; `Infinity` for a key that never expires. */
type Judged = { verdict: ValidVerdict; expiresAtMs: number } | null;

export interface KeyVerdictsOptions {
  auth: InternalClient;
  maxAgeMs: number;
  /** Most keys remembered, and most organisations; the longest known go first. */
  entriesMax: number;
  monotonicNow?: () => number;
  now?: () => number;
}

const epochPollMs = 5000;
const refusedMaxAgeMs = 10_000;

/**
 * What auth says of each key, and of the organisations of access tokens, remembered. A revocation or a new policy arrives as
 * an invalidation within a second; if that message is lost, the epoch poll finds it within five; if auth cannot be reached
 * either, what is remembered dies of age, and then the gateway fails closed (promise I3).
 */
export class KeyVerdicts {
  readonly #auth: InternalClient;
  readonly #verdicts: RememberedAnswers<Judged>;
  readonly #policies: RememberedAnswers<PrivacyPolicy | null>;
  readonly #now: () => number;
  #epoch: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor({ auth, maxAgeMs, entriesMax, monotonicNow = () => performance.now(), now }: KeyVerdictsOptions) {
    this.#auth = auth;
    this.#now = now ?? Date.now;
    this.#verdicts = new RememberedAnswers({
      ask: (keySha256) => this.#judge(keySha256),
      maxAgeMs: (judged) => (judged === null ? refusedMaxAgeMs : maxAgeMs),
      ...{ entriesMax, monotonicNow },
    });
    this.#policies = new RememberedAnswers({
      ask: (organizationId) => this.#readPolicy(organizationId),
      maxAgeMs: () => maxAgeMs,
      ...{ entriesMax, monotonicNow },
    });
  }

  /** The verdict on a key, by its SHA-256 in hex; null when it is no valid key. Synchronous when it is remembered. */
  find(keySha256: string): ValidVerdict | null | Promise<ValidVerdict | null> {
    const found = this.#verdicts.find(keySha256);
    return found instanceof Promise ? found.then(this.#whileValid) : this.#whileValid(found);
  }

  /** What an organisation wants to be masked; null where it has no policy. Synchronous when it is remembered. */
  findPolicy(organizationId: string): PrivacyPolicy | null | Promise<PrivacyPolicy | null> {
    return this.#policies.find(organizationId);
  }

  /** Takes a message of the invalidation channel. */
  invalidate(message: string): void {
    const parsed = keyInvalidation.safeParse(parseJson(message));
    if (!parsed.success || parsed.data.all) {
      this.forgetAll();
      return;
    }
    const { keySha256, organizationIds = [] } = parsed.data;
    this.#verdicts.forget(keySha256);
    if (organizationIds.length === 0) return;
    this.#policies.forget(organizationIds);
    this.#verdicts.forgetWhere((judged) => judged !== null && organizationIds.includes(judged.verdict.principal.orgId));
  }

  /** Messages may have been missed: believe nothing that was remembered. */
  forgetAll(): void {
    this.#verdicts.forgetAll();
    this.#policies.forgetAll();
  }

  startPolling(onError: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.pollEpoch().catch(onError);
    }, epochPollMs);
    this.#timer.unref();
  }

  async pollEpoch(): Promise<void> {
    const { epoch } = await this.#auth.call({ method: 'GET', path: '/internal/keys/epoch', answer: keyEpoch });
    if (this.#epoch !== null && epoch !== this.#epoch) this.forgetAll();
    this.#epoch = epoch;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  readonly #whileValid = (judged: Judged): ValidVerdict | null =>
    judged !== null && judged.expiresAtMs > this.#now() ? judged.verdict : null;

  async #judge(keySha256: string): Promise<Judged> {
    const body: VerifyKeyRequest = { keySha256 };
    const verdict = await this.#auth.call({
      method: 'POST',
      path: '/internal/keys/verify',
      body,
      answer: keyVerdict,
    });
    if (!verdict.valid) return null;
    const expiresAtMs = verdict.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(verdict.expiresAt);
    return { verdict, expiresAtMs };
  }

  async #readPolicy(organizationId: string): Promise<PrivacyPolicy | null> {
    const path = `/internal/organizations/${organizationId}/privacy`;
    return (await this.#auth.call({ method: 'GET', path, answer: organizationPrivacy })).privacy;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
