import type { Exchange } from '../openai/exchange.ts';

/** A UUID names each answer and error; here it is the number of the request. */
export function toId({ sequence }: Exchange): string {
  return `00000000-0000-4000-8000-${String(sequence).padStart(12, '0')}`;
}
