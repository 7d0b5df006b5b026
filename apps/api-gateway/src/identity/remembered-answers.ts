import { AppError } from '@aggregator/contracts';

interface Entry<Answer> {
  answer: Answer;
  /** On the monotonic clock, so that a changed wall clock cannot keep a revoked key alive. */
  believedUntilMs: number;
  /** From then on who wants it has it asked for anew, and does not wait for that. */
  renewedFromMs: number;
}

/** Between two attempts to renew the same answer. */
const renewalPauseMs = 1000;

export interface RememberedAnswersOptions<Answer> {
  ask(subject: string): Promise<Answer>;
  /** How long an answer is believed without asking again. */
  maxAgeMs(answer: Answer): number;
  /** Most answers remembered, and most asked for at once; the longest known go first. */
  entriesMax: number;
  monotonicNow(): number;
}

/**
 * What a peer says of each of many subjects, remembered: asked once for all who want it at the same time. An answer that is
 * in use is renewed after half of its age, so that nobody waits for a slow peer while there is one to believe.
 */
export class RememberedAnswers<Answer> {
  readonly #options: RememberedAnswersOptions<Answer>;
  readonly #entries = new Map<string, Entry<Answer>>();
  readonly #pending = new Map<string, Promise<Answer>>();
  /** Grows with everything that is forgotten: an answer that was under way meanwhile is used once and not remembered. */
  #generation = 0;

  constructor(options: RememberedAnswersOptions<Answer>) {
    this.#options = options;
  }

  /** Synchronous where it is remembered. Throws what asking throws, and `service_unavailable` where too many are asked for. */
  find(subject: string): Answer | Promise<Answer> {
    const entry = this.#entries.get(subject);
    const nowMs = this.#options.monotonicNow();
    if (entry === undefined || entry.believedUntilMs <= nowMs) return this.#ask(subject);
    if (entry.renewedFromMs <= nowMs) this.#renew(subject, entry, nowMs);
    return entry.answer;
  }

  forget(subjects: readonly string[]): void {
    this.#generation += 1;
    for (const subject of subjects) {
      this.#entries.delete(subject);
      this.#pending.delete(subject);
    }
  }

  /** Whoever comes from now on waits for no answer that was under way: nobody knows yet what that one will be. */
  forgetWhere(isOutdated: (answer: Answer) => boolean): void {
    this.#generation += 1;
    this.#pending.clear();
    for (const [subject, { answer }] of this.#entries) {
      if (isOutdated(answer)) this.#entries.delete(subject);
    }
  }

  forgetAll(): void {
    this.#generation += 1;
    this.#entries.clear();
    this.#pending.clear();
  }

  #renew(subject: string, entry: Entry<Answer>, nowMs: number): void {
    entry.renewedFromMs = nowMs + renewalPauseMs;
    if (this.#pending.size >= this.#options.entriesMax) return;
    // Who asks when it is too old to be believed is told why there is no newer one.
    this.#ask(subject).catch(() => undefined);
  }

  #ask(subject: string): Promise<Answer> {
    const pending = this.#pending.get(subject);
    if (pending !== undefined) return pending;
    if (this.#pending.size >= this.#options.entriesMax)
      throw new AppError('service_unavailable', { internal: 'too many look-ups' });
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
    this.#entries.delete(subject);
    if (this.#entries.size >= this.#options.entriesMax) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const nowMs = this.#options.monotonicNow();
    const maxAgeMs = this.#options.maxAgeMs(answer);
    this.#entries.set(subject, { answer, believedUntilMs: nowMs + maxAgeMs, renewedFromMs: nowMs + maxAgeMs / 2 });
  }
}
