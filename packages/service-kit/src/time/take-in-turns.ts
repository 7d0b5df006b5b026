import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Steps } from '@aggregator/contracts';

/** After so long a piece of work others have a turn. */
const turnMs = 4;

/**
 * Takes the steps, and lets other work of the process have a turn after each few milliseconds.
 * @param takeTurn Resolves when the work may continue; at the next iteration of the event loop unless given.
 */
export async function takeInTurns<Result>(
  steps: Steps<Result>,
  takeTurn: () => Promise<unknown> = nextTurn,
): Promise<Result> {
  let endMs = performance.now() + turnMs;
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() < endMs) continue;
    await takeTurn();
    endMs = performance.now() + turnMs;
  }
}
