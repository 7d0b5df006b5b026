import { withDeadline } from '@aggregator/service-kit';
import { backOffMs, Pause } from '../pause.ts';
import type { EventConsumer } from '../port.ts';
import { reportError } from '../report-error.ts';

/** One life of a consumer. */
export interface Member {
  /** Resolves when it is part of the group; never, if it ends before. */
  readonly joined: Promise<void>;
  /** Resolves, with the reason, when it has stopped by itself. Never rejects. */
  readonly ended: Promise<unknown>;
  /** Finishes the batch in hand, leaves the group and ends. Rejects if it could not leave in time. */
  stop(): Promise<void>;
}

/** A member that lived as long was well; its failure is the first in a row. */
const healthyLifeMs = 60_000;

/** Keeps one member in the group until it is closed: one that ends is replaced, for ever. */
export class SupervisedConsumer implements EventConsumer {
  readonly #startMember: () => Member;
  readonly #onError: (error: unknown) => void;
  readonly #backOff = new Pause();
  readonly #subscribed = Promise.withResolvers<void>();
  readonly #finished: Promise<void>;
  #member: Member | undefined;
  #isClosing = false;

  constructor(startMember: () => Member, onError: (error: unknown) => void) {
    this.#startMember = startMember;
    this.#onError = onError;
    this.#finished = this.#run();
  }

  /** Resolves when it has joined the group for the first time; rejects, and gives up, after `deadlineMs`. */
  async waitUntilSubscribed(deadlineMs: number): Promise<void> {
    try {
      await withDeadline(this.#subscribed.promise, deadlineMs, 'subscribing');
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#backOff.close();
    if (this.#member !== undefined) await this.#stop(this.#member);
    await this.#finished;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#isClosing) {
      const startedMs = performance.now();
      const member = this.#startMember();
      this.#member = member;
      member.joined.then(this.#subscribed.resolve);
      const reason = await member.ended;
      if (this.#isClosing) return;
      reportError(this.#onError, reason);
      await this.#stop(member);
      failures = performance.now() - startedMs > healthyLifeMs ? 1 : failures + 1;
      await this.#backOff.wait(backOffMs(failures));
    }
  }

  async #stop(member: Member): Promise<void> {
    try {
      await member.stop();
    } catch (error) {
      reportError(this.#onError, error);
    }
  }
}
