/**
 * Turns for the work on large requests: one in each iteration of the event loop, callers in turn. Without it each of many large
 * requests takes its turn in the same iteration, and all others wait for all of these turns together (I4, I12). Each request
 * waits for one turn at a time, so the room bounds how many wait.
 */
export class Turns {
  readonly #waiting = new Map<string, (() => void)[]>();
  #isArmed = false;

  /** Resolves when it is the turn of this caller's request that has waited for longest. */
  take(caller: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const own = this.#waiting.get(caller);
    if (own === undefined) this.#waiting.set(caller, [resolve]);
    else own.push(resolve);
    this.#arm();
    return promise;
  }

  #arm(): void {
    if (this.#isArmed || this.#waiting.size === 0) return;
    this.#isArmed = true;
    setImmediate(this.#give);
  }

  readonly #give = (): void => {
    this.#isArmed = false;
    for (const [caller, own] of this.#waiting) {
      // Behind the others.
      this.#waiting.delete(caller);
      own.shift()?.();
      if (own.length > 0) this.#waiting.set(caller, own);
      break;
    }
    this.#arm();
  };
}
