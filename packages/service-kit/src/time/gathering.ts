const intervalMs = 50;
const itemsMax = 256;

/**
 * What need not be done within a request, done for many of them in a row: code that runs a hundred times in a row takes a
 * fraction of what it takes once between other things. Nothing waits for longer than 50 ms; a kill loses what waits.
 */
export class Gathering<T> {
  readonly #handle: (items: readonly T[]) => void;
  #items: T[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(handle: (items: readonly T[]) => void) {
    this.#handle = handle;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#items.length >= itemsMax) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), intervalMs).unref();
  }

  /** Does what waits, now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#handle(items);
  }
}
