import { skipDrainAnnotation } from '@aggregator/contracts';
import type { Observed } from '../watch/read-object.ts';

/**
 * Separates changes that matter to what is declared from those that do not: our own statuses come back as changes, and
 * a declaration for each of them would never end.
 */
export class ChangeFilter {
  readonly #seen = new Map<string, string>();

  /** True if the object is another one than when it was asked about last. `undefined`: it is gone. */
  isNews(key: string, object: Observed<unknown, unknown> | undefined): boolean {
    const now = object === undefined ? undefined : describe(object);
    const isNews = this.#seen.get(key) !== now;
    if (now === undefined) this.#seen.delete(key);
    else this.#seen.set(key, now);
    return isNews;
  }
}

function describe({ metadata }: Observed<unknown, unknown>): string {
  const { uid, generation, deletionTimestamp, annotations } = metadata;
  return JSON.stringify([uid, generation, deletionTimestamp, annotations?.[skipDrainAnnotation]]);
}
