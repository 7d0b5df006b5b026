import { AppError } from '@aggregator/contracts';

interface Entry<Answer> {
  answer: Answer;
  /** On the monotonic clock, so that a changed wall clock cannot keep a revoked key alive. */
  believedUntilMs: number;
  /** From then on a caller starts a new request for it, and does not wait for that. */
  renewedFromMs: number;
}

/** Between two attempts to renew the same answer. */
const renewalPauseMs = 1000;
/** Subjects that are asked about at once: the peer has far fewer connections. */
const pendingMax = 2000;
const refusalsMax = 10_000;

export interface RememberedAnswersOptions<Answer> {
  ask(subject: string): Promise<Answer>;
  /** How long an answer is believed without asking again. */
  maxAgeMs(answer: Answer): number;
  /** A refusal is remembered apart: subjects that are made up never push out those that exist. */
  isRefusal(answer: Answer): boolean;
  /** Most answers remembered, and as many refusals at most; the longest known go first. */
  entriesMax: number;
  monotonicNow(): number;
}

/**
 * What a peer says of each of many subjects, remembered: asked once for all who want it at the same time. An answer that is
 * in use is renewed after half of its age, so that no caller waits for a slow peer while there is a valid one.
 */
export class RememberedAnswers<Answer> {
  readonly #options: RememberedAnswersOptions<Answer>;
  readonly #entries = new Map<string, Entry<Answer>>();
  readonly #refusals = new Map<string, Entry<Answer>>();
  readonly #pending = new Map<string, Promise<Answer>>();
  /** Grows with everything that is forgotten: an answer that was under way meanwhile is used once and not remembered. */
  #generation = 0;

  constructor(options: RememberedAnswersOptions<Answer>) {
    this.#options = options;
  }

  /** Synchronous where it is remembered. Throws what asking throws, and `service_unavailable` where too many are asked for. */
  find(subject: string): Answer | Promise<Answer> {
    const entry = this.#entries.get(subject) ?? this.#refusals.get(subject);
    const nowMs = this.#options.monotonicNow();
    if (entry === undefined || entry.believedUntilMs <= nowMs) return this.#ask(subject);
    if (entry.renewedFromMs <= nowMs) this.#renew(subject, entry, nowMs);
    return entry.answer;
  }

  /** True if the last answer about the subject, however old, was no refusal. */
  wasGood(subject: string): boolean {
    return this.#entries.has(subject);
  }

  /** An answer that is forgotten is no longer believed. It still counts for `wasGood`. */
  forget(subjects: readonly string[]): void {
    this.#generation += 1;
    for (const subject of subjects) {
      const entry = this.#entries.get(subject);
      if (entry !== undefined) disbelieve(entry);
      this.#refusals.delete(subject);
      this.#pending.delete(subject);
    }
  }

  /** Later callers do not wait for an answer that is under way now: it may be outdated. */
  forgetWhere(isOutdated: (answer: Answer) => boolean): void {
    this.#generation += 1;
    this.#pending.clear();
    for (const entry of this.#entries.values()) if (isOutdated(entry.answer)) disbelieve(entry);
    for (const [subject, { answer }] of this.#refusals) if (isOutdated(answer)) this.#refusals.delete(subject);
  }

  forgetAll(): void {
    this.#generation += 1;
    for (const entry of this.#entries.values()) disbelieve(entry);
    this.#refusals.clear();
    this.#pending.clear();
  }

  #renew(subject: string, entry: Entry<Answer>, nowMs: number): void {
    entry.renewedFromMs = nowMs + renewalPauseMs;
    if (this.#pending.size >= pendingMax) return;
    // A caller that asks when it is too old to be believed receives the reason of the failure.
    this.#ask(subject).catch(() => undefined);
  }

  #ask(subject: string): Promise<Answer> {
    const pending = this.#pending.get(subject);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= pendingMax) throw new AppError('service_unavailable', { internal: 'too many look-ups' });
    const generation = this.#generation;
    const asked = this.#options.ask(subject).then((answer) => {
      if (generation === this.#generation) this.#remember(subject, answer);
      return answer;
    });
    this.#pending.set(subject, asked);
    const settle = () => {
      if (this.#pending.get(subject) === asked) this.#pending.delete(subject);
    };
    asked.then(settle, settle);
    return asked;
  }

  #remember(subject: string, answer: Answer): void {
    const { entriesMax, isRefusal } = this.#options;
    this.#entries.delete(subject);
    this.#refusals.delete(subject);
    const entries = isRefusal(answer) ? this.#refusals : this.#entries;
    if (entries.size >= (isRefusal(answer) ? Math.min(entriesMax, refusalsMax) : entriesMax)) {
      const oldest = entries.keys().next().value;
      if (oldest !== undefined) entries.delete(oldest);
    }
    const nowMs = this.#options.monotonicNow();
    const maxAgeMs = this.#options.maxAgeMs(answer);
    entries.set(subject, { answer, believedUntilMs: nowMs + maxAgeMs, renewedFromMs: nowMs + maxAgeMs / 2 });
  }
}

function disbelieve(entry: { believedUntilMs: number }): void {
  entry.believedUntilMs = Number.NEGATIVE_INFINITY;
}
