/** Sends heartbeats to the group while the member works on a batch, and remembers if the group has removed it. */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #loss: { error: unknown } | undefined;

  constructor(beat: () => Promise<void>, intervalMs: number) {
    this.#timer = setInterval(() => {
      beat().catch((error: unknown) => {
        this.#loss ??= { error };
        clearInterval(this.#timer);
      });
    }, intervalMs);
  }

  /** @throws what the group answered, once it has turned this member away: its partitions may be another's by now. */
  throwIfLost(): void {
    if (this.#loss !== undefined) throw this.#loss.error;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
