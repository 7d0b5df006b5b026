import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** Source: OWASP Password Storage Cheat Sheet, argon2id (read 2026-11). Memory in KiB. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;

const derive: (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer> = promisify(argon2);

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

/** argon2id with a new salt, as a PHC string. Takes some 20 MiB and 70 ms of a thread: go through a queue. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await derive('argon2id', { ...toParameters(cost, password, salt), tagLength: tagBytes });
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$${toBase64(salt)}$${toBase64(tag)}`;
}

/** True if the password is the one that was hashed, at the cost that the hash names. Throws on a text that is no hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = phc.exec(hash) ?? [];
  if (salt === undefined || tag === undefined) throw new Error('a stored password hash is not an argon2id PHC string');
  const stored = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const expected = Buffer.from(tag, 'base64');
  const parameters = toParameters(stored, password, Buffer.from(salt, 'base64'));
  return timingSafeEqual(await derive('argon2id', { ...parameters, tagLength: expected.length }), expected);
}

/** One password typed on two systems can be two byte strings; NFKC makes them one. */
function toParameters(chosen: typeof cost, password: string, nonce: Buffer) {
  return { ...chosen, message: password.normalize('NFKC'), nonce };
}

const toBase64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
