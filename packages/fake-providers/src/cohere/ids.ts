import type { Exchange } from '../openai/exchange.ts';

/** Answers and errors are named by a UUID; here it is the number of the request. */
export function toId({ sequence }: Exchange): string {
  return `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`;
}
