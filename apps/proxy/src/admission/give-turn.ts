import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Exchange } from '../exchange.ts';
import { largeBytes } from './read-request.ts';

/**
 * Lets other requests run between two steps of a large one: checking, translating and hashing it take long, each in one
 * piece (I4). A small request waits for nothing.
 */
export async function giveTurn({ place }: Pick<Exchange, 'place'>): Promise<void> {
  // The room counts a body several times.
  if (place.memoryTaken > 8 * largeBytes) await nextTurn();
}
