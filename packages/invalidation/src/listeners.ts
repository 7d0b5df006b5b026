export interface Listener {
  onMessage(message: string): void;
  onGap(): void;
  /** From then on it relies on every message, so gaps are reported to it. */
  isSubscribed: boolean;
}

/** Listeners by channel. A listener that throws is reported, and the others are still called. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Listener>>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get channels(): string[] {
    return [...this.#byChannel.keys()];
  }

  add(channel: string, listener: Listener): void {
    const listeners = this.#byChannel.get(channel) ?? new Set();
    this.#byChannel.set(channel, listeners.add(listener));
  }

  /** Removes a listener. Returns true if it was the channel's last one. */
  remove(channel: string, listener: Listener): boolean {
    const listeners = this.#byChannel.get(channel);
    if (listeners === undefined || !listeners.delete(listener) || listeners.size > 0) return false;
    return this.#byChannel.delete(channel);
  }

  clear(): void {
    this.#byChannel.clear();
  }

  deliver(channel: string, message: string): void {
    for (const listener of this.#byChannel.get(channel) ?? []) this.#call(() => listener.onMessage(message));
  }

  reportGap(): void {
    for (const listeners of this.#byChannel.values()) {
      for (const listener of listeners) if (listener.isSubscribed) this.#call(() => listener.onGap());
    }
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#onError(error);
    }
  }
}
