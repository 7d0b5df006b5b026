/** Runs one piece of work after the other, in the order in which they were given. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  take(work: () => Promise<void>): Promise<void> {
    const running = this.#last.then(work);
    this.#last = running.catch(() => undefined);
    return running;
  }
}
