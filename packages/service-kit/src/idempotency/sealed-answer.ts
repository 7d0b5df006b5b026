import { createHash, hkdfSync, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { z } from 'zod';
import { decrypt, encrypt } from '../secrets/aead.ts';

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** An answer as the client received it. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** What one request must be asked with, so that its answer is given again. */
export interface OnceSubject {
  readonly tenant: string;
  /** Method and path. */
  readonly endpoint: string;
  readonly key: string;
  readonly body: Buffer;
  /** What only this caller has, if the answer may be given to no other caller of the tenant; otherwise empty. */
  readonly secret: string;
}

/** The names by which a store knows a request, and the key of its answer, which no store knows. */
export interface OnceNames {
  readonly name: string;
  readonly fingerprint: string;
  readonly sealingKey: Buffer;
}

const head = z.object({
  status: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

const lengthBytes = 4;

/**
 * Returns hashes as names, and a key made of the client's key and its body: the store alone reveals neither who asked what
 * nor an answer. A body is hashed beside the event loop, since it may be large.
 */
export async function nameOnce({ tenant, endpoint, key, body, secret }: OnceSubject): Promise<OnceNames> {
  const asked = Buffer.from(await webcrypto.subtle.digest('SHA-256', new Uint8Array(body)));
  return {
    name: hash('name', tenant, endpoint, key),
    fingerprint: hash('fingerprint', asked.toString('base64')),
    sealingKey: Buffer.from(
      hkdfSync('sha256', Buffer.concat([Buffer.from(`${secret}\n${key}\n`), asked]), tenant, 'kept answer', 32),
    ),
  };
}

function hash(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('base64url');
}

/** Compressed, then encrypted (AES-256-GCM). */
export async function sealAnswer({ status, headers, body }: KeptAnswer, key: Buffer): Promise<Buffer> {
  const head = Buffer.from(JSON.stringify({ status, headers }));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(head.length);
  const packed = await gzipAsync(Buffer.concat([length, head, body]));
  return encrypt(key, packed);
}

/** Returns null for what was not sealed with this key. `bytesMax` bounds what it may be when it is unpacked. */
export async function openAnswer(sealed: Buffer, key: Buffer, bytesMax: number): Promise<KeptAnswer | null> {
  const packed = decrypt(key, sealed);
  if (packed === null) return null;
  try {
    const whole = await gunzipAsync(packed, { maxOutputLength: bytesMax });
    const bodyAt = lengthBytes + whole.readUInt32BE(0);
    const { status, headers } = head.parse(JSON.parse(whole.toString('utf8', lengthBytes, bodyAt)));
    return { status, headers, body: whole.subarray(bodyAt) };
  } catch {
    return null;
  }
}
