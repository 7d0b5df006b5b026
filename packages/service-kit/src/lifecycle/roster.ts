interface Place<T> {
  readonly item: T;
  index: number;
}

/**
 * What is open at the moment, where things come and go with every request. A Set would keep them all: each time V8 gives it a
 * new table the old one points to the new one, and as soon as one of those has grown old, the collector of young objects
 * takes everything that ever passed through for reachable, until the next full collection.
 */
export class Roster<T> implements Iterable<T> {
  readonly #places: Place<T>[] = [];

  get size(): number {
    return this.#places.length;
  }

  /** Returns the function that removes the item; it may be called more than once. */
  enter(item: T): () => void {
    const place: Place<T> = { item, index: this.#places.length };
    this.#places.push(place);
    return () => this.#leave(place);
  }

  /** Those who are in now, in no order; who leaves or enters meanwhile changes nothing. */
  [Symbol.iterator](): Iterator<T> {
    return this.#places.map(({ item }) => item).values();
  }

  /** The last one takes the place that comes free. */
  #leave(place: Place<T>): void {
    if (this.#places[place.index] !== place) return;
    const last = this.#places.pop();
    if (last === undefined || last === place) return;
    this.#places[place.index] = last;
    last.index = place.index;
  }
}
