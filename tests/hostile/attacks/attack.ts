import type { AttackReport, Tenant } from '../messages.ts';

export interface Target {
  readonly url: URL;
  readonly tenant: Tenant;
}

/** One way in which a client tries to stop the service. Bounded in count; ends when the signal does. */
export interface Attack {
  readonly name: string;
  run(target: Target, signal: AbortSignal): Promise<AttackReport>;
}

/** Counts what became of each try, by status or cause. */
export class Tally {
  #started = 0;
  readonly #answers = new Map<string, number>();

  start(): void {
    this.#started += 1;
  }

  count(answer: string | number): void {
    this.#answers.set(String(answer), (this.#answers.get(String(answer)) ?? 0) + 1);
  }

  report(): AttackReport {
    return { started: this.#started, answers: Object.fromEntries(this.#answers) };
  }
}
