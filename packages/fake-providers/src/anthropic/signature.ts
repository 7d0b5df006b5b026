import { createHash } from 'node:crypto';

const hiddenMark = 'aGlkZGVu';
const redactedMark = 'cmVkYWN0ZWQ';

/**
 * Returns the substitute of the encrypted thinking. A hidden thought is signed for the empty text that is shown of it.
 */
export function signThinking(shown: string, thought: string): string {
  const digest = createHash('sha256').update(`signature:${shown}`).digest('base64');
  return shown === '' ? `${hiddenMark}${createHash('sha256').update(thought).digest('base64')}` : digest;
}

export function isOwnSignature(shown: string, signature: string): boolean {
  return shown === '' ? signature.startsWith(hiddenMark) : signature === signThinking(shown, '');
}

export function redactThinking(thought: string): string {
  return `${redactedMark}${createHash('sha256').update(thought).digest('base64')}`;
}

export function isOwnRedaction(data: string): boolean {
  return data.startsWith(redactedMark);
}
