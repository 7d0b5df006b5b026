import { createHmac, randomBytes } from 'node:crypto';
import { decrypt, encrypt } from './aead.ts';
import { Secret } from './secret.ts';

/** Seals secrets for where they are kept: a table, a store. */
export interface Envelope {
  /** `v1:<key id>:<wrapped data key>:<sealed text>`. `owner` (whose it is, and which) is bound to it, so no sealed text can be moved. */
  seal(secret: Secret, owner: string): string;
  /** Null if none of our keys opens it: another key, another owner, or a bit has changed. */
  open(sealed: string, owner: string): Secret | null;
  /** As `seal` and `open`, for what is no text. */
  sealBytes(bytes: Buffer, owner: string): string;
  openBytes(sealed: string, owner: string): Buffer | null;
  /** Recognises a secret without telling it: 16 hexadecimal digits, the same for the same secret under the same key. */
  fingerprint(secret: Secret): string;
}

interface MasterKey {
  id: string;
  bytes: Buffer;
}

const version = 'v1';

/**
 * Envelope encryption: each secret has its own data key, which a master key wraps; both AES-256-GCM. `keys` are 32
 * bytes each as base64url: the first seals, all of them open.
 * @throws {RangeError} if there is none, or one is not 32 bytes.
 */
export function createEnvelope(keys: readonly string[]): Envelope {
  const masters = keys.map(toMasterKey);
  const present = masters[0];
  if (present === undefined) throw new RangeError('no encryption key');
  const sealBytes = (bytes: Buffer, owner: string) => {
    const dataKey = randomBytes(32);
    const wrapped = encrypt(present.bytes, dataKey, `${version}:key:${owner}`);
    const sealed = encrypt(dataKey, bytes, `${version}:text:${owner}`);
    return [version, present.id, wrapped.toString('base64url'), sealed.toString('base64url')].join(':');
  };
  const openBytes = (text: string, owner: string) => {
    const [writtenAs, keyId, wrapped = '', sealed = ''] = text.split(':');
    const master = masters.find(({ id }) => id === keyId);
    if (writtenAs !== version || master === undefined) return null;
    const dataKey = decrypt(master.bytes, Buffer.from(wrapped, 'base64url'), `${version}:key:${owner}`);
    return dataKey?.length === 32
      ? decrypt(dataKey, Buffer.from(sealed, 'base64url'), `${version}:text:${owner}`)
      : null;
  };
  return {
    sealBytes,
    openBytes,
    seal: (secret, owner) => sealBytes(Buffer.from(secret.reveal()), owner),
    open(text, owner) {
      const opened = openBytes(text, owner);
      return opened === null ? null : new Secret(opened.toString('utf8'));
    },
    fingerprint: (secret) => hmac(present.bytes, `fingerprint:${secret.reveal()}`).slice(0, 16),
  };
}

function toMasterKey(text: string): MasterKey {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32) throw new RangeError('an encryption key is not 32 bytes');
  return { bytes, id: hmac(bytes, 'id').slice(0, 8) };
}

function hmac(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
