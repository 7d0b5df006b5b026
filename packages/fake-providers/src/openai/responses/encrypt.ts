import { createHmac } from 'node:crypto';

const prefix = 'gAAAAAB';
const key = 'a key that the vendor alone has';

/** Returns the thought of the model as only the vendor can read it. */
export function encryptThought(thought: string): string {
  const payload = Buffer.from(thought).toString('base64url');
  return `${prefix}${payload}.${sign(payload)}`;
}

/** False if it was not made here, or was changed on its way. */
export function isEncryptedThought(text: string): boolean {
  const [payload = '', signature] = text.slice(prefix.length).split('.');
  return text.startsWith(prefix) && signature === sign(payload);
}

function sign(payload: string): string {
  return createHmac('sha256', key).update(payload).digest('base64url').slice(0, 24);
}
