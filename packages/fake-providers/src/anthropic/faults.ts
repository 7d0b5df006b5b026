import { Refusal } from './refusal.ts';

/** Faults in the middle of a stream. */
export type StreamFault = 'error-event' | 'cut';

/**
 * Faults that a word in the prompt asks for: `#overloaded`, `#rate-limit`, `#policy`, `#billing` and `#too-long` are
 * refusals; `#error-event` and `#cut` break a stream half-way.
 * @throws {Refusal}
 */
export function findFault(prompt: string): StreamFault | null {
  switch (/#(overloaded|rate-limit|policy|billing|too-long|error-event|cut)\b/.exec(prompt)?.[1]) {
    case 'overloaded':
      throw new Refusal('overloaded_error', 'Overloaded');
    case 'rate-limit':
      throw new Refusal('rate_limit_error', 'This request would exceed your rate limit.', { 'retry-after': '1' });
    case 'policy':
      throw new Refusal('invalid_request_error', 'Output blocked by content filtering policy');
    case 'billing':
      throw new Refusal('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.');
    case 'too-long':
      throw new Refusal('invalid_request_error', 'prompt is too long: 204308 tokens > 200000 maximum');
    case 'error-event':
      return 'error-event';
    case 'cut':
      return 'cut';
    default:
      return null;
  }
}
