import { Refusal } from './refusal.ts';

/** Faults in the middle of a stream. */
export type StreamFault = 'error-event' | 'cut';

/**
 * Faults that a word in the last message asks for: `#rate-limit`, `#overloaded`, `#policy`, `#quota` and `#too-long`
 * are refusals; `#error-event` and `#cut` break a stream half-way.
 * @throws {Refusal}
 */
export function findFault(said: string): StreamFault | null {
  switch (/#(rate-limit|overloaded|policy|quota|too-long|error-event|cut)\b/.exec(said)?.[1]) {
    case 'rate-limit': {
      const problem = { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' };
      throw new Refusal(429, problem, { 'retry-after': '1' });
    }
    case 'overloaded':
      throw new Refusal(503, { message: 'The engine is currently overloaded.' }, { 'retry-after': '1' });
    case 'policy':
      throw new Refusal(400, { message: 'Rejected by our safety system.', code: 'content_policy_violation' });
    case 'quota': {
      const problem = {
        message: 'You exceeded your current quota.',
        type: 'insufficient_quota',
        code: 'insufficient_quota',
      };
      throw new Refusal(429, problem);
    }
    case 'too-long': {
      const message = "This model's maximum context length is 128000 tokens.";
      throw new Refusal(400, { message, param: 'messages', code: 'context_length_exceeded' });
    }
    case 'error-event':
      return 'error-event';
    case 'cut':
      return 'cut';
    default:
      return null;
  }
}
