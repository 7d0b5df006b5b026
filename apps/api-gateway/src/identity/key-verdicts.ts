import {
  AppError,
  type KeyVerdict,
  keyEpoch,
  keyInvalidation,
  keyVerdict,
  type VerifyKeyRequest,
} from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';

type ValidVerdict = Extract<KeyVerdict, { valid: true }>;

interface Entry {
  /** Null: auth says that there is no such key. */
  verdict: ValidVerdict | null;
  /** On the monotonic clock, so that a changed wall clock cannot keep a revoked key alive. */
  believedUntilMs: number;
  /** Wall clock; `Infinity` for a key that never expires. */
  expiresAtMs: number;
}

export interface KeyVerdictsOptions {
  auth: InternalClient;
  maxAgeMs: number;
  /** Most keys remembered; the longest known go first. */
  entriesMax: number;
  monotonicNow?: () => number;
  now?: () => number;
}

const epochPollMs = 5000;
const refusedMaxAgeMs = 10_000;

/**
 * What auth says of each key, remembered. A revocation arrives as an invalidation within a second; if that message is
 * lost, the epoch poll finds it within five; if auth cannot be reached either, a verdict dies of age, and then the gateway
 * fails closed (promise I3).
 */
export class KeyVerdicts {
  readonly #options: KeyVerdictsOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<ValidVerdict | null>>();
  readonly #monotonicNow: () => number;
  readonly #now: () => number;
  /** Grows with every invalidation: an answer that was under way meanwhile is used once and not remembered. */
  #generation = 0;
  #epoch: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: KeyVerdictsOptions) {
    this.#options = options;
    this.#monotonicNow = options.monotonicNow ?? (() => performance.now());
    this.#now = options.now ?? Date.now;
  }

  /** The verdict on a key, by its SHA-256 in hex; null when it is no valid key. Synchronous when it is remembered. */
  find(keySha256: string): ValidVerdict | null | Promise<ValidVerdict | null> {
    const entry = this.#entries.get(keySha256);
    if (entry !== undefined && entry.believedUntilMs > this.#monotonicNow()) {
      return entry.expiresAtMs > this.#now() ? entry.verdict : null;
    }
    return this.#ask(keySha256);
  }

  /** Takes a message of the invalidation channel. */
  invalidate(message: string): void {
    const parsed = keyInvalidation.safeParse(parseJson(message));
    if (!parsed.success || parsed.data.all) {
      this.forgetAll();
      return;
    }
    this.#generation += 1;
    for (const key of parsed.data.keySha256) {
      this.#entries.delete(key);
      this.#pending.delete(key);
    }
  }

  /** Messages may have been missed: believe nothing that was remembered. */
  forgetAll(): void {
    this.#generation += 1;
    this.#entries.clear();
    this.#pending.clear();
  }

  startPolling(onError: (error: unknown) => void): void {
    this.#timer = setInterval(() => {
      this.pollEpoch().catch(onError);
    }, epochPollMs);
    this.#timer.unref();
  }

  async pollEpoch(): Promise<void> {
    const { epoch } = await this.#options.auth.call({ method: 'GET', path: '/internal/keys/epoch', answer: keyEpoch });
    if (this.#epoch !== null && epoch !== this.#epoch) this.forgetAll();
    this.#epoch = epoch;
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #ask(keySha256: string): Promise<ValidVerdict | null> {
    const pending = this.#pending.get(keySha256);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= this.#options.entriesMax)
      throw new AppError('service_unavailable', { internal: 'too many key look-ups' });
    const generation = this.#generation;
    const asked = this.#fetch(keySha256).then((verdict) => {
      if (generation === this.#generation) this.#remember(keySha256, verdict);
      return verdict;
    });
    this.#pending.set(keySha256, asked);
    const forget = () => {
      if (this.#pending.get(keySha256) === asked) this.#pending.delete(keySha256);
    };
    asked.then(forget, forget);
    return asked;
  }

  async #fetch(keySha256: string): Promise<ValidVerdict | null> {
    const body: VerifyKeyRequest = { keySha256 };
    const verdict = await this.#options.auth.call({
      method: 'POST',
      path: '/internal/keys/verify',
      body,
      answer: keyVerdict,
    });
    return verdict.valid ? verdict : null;
  }

  #remember(keySha256: string, verdict: ValidVerdict | null): void {
    if (this.#entries.size >= this.#options.entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(keySha256, {
      verdict,
      believedUntilMs: this.#monotonicNow() + (verdict === null ? refusedMaxAgeMs : this.#options.maxAgeMs),
      expiresAtMs: verdict?.expiresAt ? Date.parse(verdict.expiresAt) : Number.POSITIVE_INFINITY,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
