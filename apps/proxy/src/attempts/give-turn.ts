import { finishSteps, type Steps } from '@aggregator/contracts';
import { takeInTurns } from '@aggregator/service-kit';
import type { Exchange } from '../exchange.ts';

/** Below it everything about a body is so quick that others do not notice. */
export const largeBytes = 64 * 1024;

/**
 * True if other requests must run between two steps of this one: checking, translating and hashing a large one take long, each
 * in one piece (I4). A small request waits for nothing, not even for a promise.
 */
export function mustGiveTurn({ place }: Pick<Exchange, 'place'>): boolean {
  // The room counts a body several times.
  return place.memoryTaken > 8 * largeBytes;
}

/** Lets other requests run: small ones, and large ones whose turn it is. */
export function giveTurn({ place }: Pick<Exchange, 'place'>): Promise<void> {
  return place.takeTurn();
}

/** Takes the steps: all at once for a small request; for a large one others have a turn after a few milliseconds. */
export function takeSteps<Result>(exchange: Pick<Exchange, 'place'>, steps: Steps<Result>): Result | Promise<Result> {
  return mustGiveTurn(exchange) ? takeLarge(exchange, steps) : finishSteps(steps);
}

async function takeLarge<Result>({ place }: Pick<Exchange, 'place'>, steps: Steps<Result>): Promise<Result> {
  await place.takeTurn();
  return await takeInTurns(steps, place.takeTurn);
}
