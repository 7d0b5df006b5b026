import { deadKey, exhausted, Refusal } from './refusal.ts';

/** Faults in the middle of a stream. */
export type StreamFault = 'error-event' | 'cut';

/**
 * Faults that a word in the prompt asks for: `#overloaded`, `#internal`, `#rate-limit`, `#day-limit`, `#dead-key` and
 * `#too-long` are refusals; `#error-event` and `#cut` break an answer half-way.
 * @throws {Refusal}
 */
export function findFault(prompt: string): StreamFault | null {
  switch (/#(overloaded|internal|rate-limit|day-limit|dead-key|too-long|error-event|cut)\b/.exec(prompt)?.[1]) {
    case 'overloaded':
      throw new Refusal('UNAVAILABLE', 'The model is overloaded. Please try again later.');
    case 'internal':
      throw new Refusal('INTERNAL', 'An internal error has occurred. Please retry or report.');
    case 'rate-limit':
      throw exhausted('GenerateRequestsPerMinutePerProjectPerModel', '1.5s');
    case 'day-limit':
      throw exhausted('GenerateRequestsPerDayPerProjectPerModel', '40s');
    case 'dead-key':
      throw deadKey();
    case 'too-long':
      throw new Refusal(
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      );
    case 'error-event':
      return 'error-event';
    case 'cut':
      return 'cut';
    default:
      return null;
  }
}
