import type { AppError } from '@aggregator/contracts';
import type { AttemptEnd } from '../money/settled.ts';

/**
 * How one attempt ended. `completed`: its answer is whole, its settlement is in the spool and the answer is on its way.
 * `left`: the caller went away. `failed`: the caller has received nothing yet.
 */
export type AttemptOutcome =
  | { readonly result: 'completed'; readonly end: AttemptEnd }
  | { readonly result: 'left'; readonly end: AttemptEnd }
  | { readonly result: 'failed'; readonly end: AttemptEnd; readonly failure: AppError; readonly hasDelivered: boolean };
