/** What a fake provider is made to do, for ever, by a word in the prompt. */
export const faults = ['rate-limit', 'server-error', 'too-long', 'policy', 'credential'] as const;
export type Fault = (typeof faults)[number];

/** `#error-event` breaks a stream half-way and is a status 500 where nothing is streamed. */
const words: Readonly<Record<Fault, string>> = {
  'rate-limit': '#rate-limit',
  'server-error': '#error-event',
  'too-long': '#too-long',
  policy: '#policy',
  credential: '',
};

/** A prompt that makes the fake fail. A dead key is none of the prompt's: `ObservedProvider` spoils it. */
export function promptFor(fault: Fault, own: Readonly<Partial<Record<Fault, string>>> = {}): string {
  return `Hello ${own[fault] ?? words[fault]}`.trim();
}
