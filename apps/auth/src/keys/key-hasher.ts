import { createHash, createHmac } from 'node:crypto';
import { deriveSealingKey, open, seal } from '../secrets/seal.ts';

/** What is stored of a key; none of it gives the key, nor its SHA-256, to who holds the database alone. */
export interface StoredKeyHash {
  keyHmac: Uint8Array<ArrayBuffer>;
  pepperVersion: string;
  sealedSha256: Uint8Array<ArrayBuffer>;
}

export interface KeyHasher {
  /** For a new row; `keyId` binds the sealed part to it. */
  toStored(keySha256: string, keyId: string): StoredKeyHash;
  /** How the key is stored if it was made with one of the peppers, the present one first. */
  toHmacs(keySha256: string): Uint8Array<ArrayBuffer>[];
  /** The SHA-256 of a stored key, or null where its pepper is no longer configured. */
  readSha256(stored: { id: string; pepperVersion: string; sealedSha256: Uint8Array }): string | null;
}

/** Hex SHA-256 of a key: the only form in which it leaves the gateway. */
export function sha256Hex(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** `peppers`: the present one first, then those of the past. A key is 256 random bits, so a fast hash is the right one. */
export function createKeyHasher(peppers: readonly string[]): KeyHasher {
  const ring = peppers.map((pepper) => ({
    pepper,
    // Names the pepper without giving it away, so that versions need no numbers in the configuration.
    version: createHmac('sha256', pepper).update('version').digest('hex').slice(0, 8),
    sealingKey: deriveSealingKey(pepper, 'api-key-sha256'),
  }));
  const present = ring[0];
  if (present === undefined) throw new RangeError('at least one pepper is needed');

  const toHmac = (pepper: string, keySha256: string) =>
    Uint8Array.from(createHmac('sha256', pepper).update(keySha256).digest());

  return {
    toStored: (keySha256, keyId) => ({
      keyHmac: toHmac(present.pepper, keySha256),
      pepperVersion: present.version,
      sealedSha256: seal(present.sealingKey, keySha256, keyId),
    }),
    toHmacs: (keySha256) => ring.map(({ pepper }) => toHmac(pepper, keySha256)),
    readSha256(stored) {
      const found = ring.find(({ version }) => version === stored.pepperVersion);
      return found === undefined ? null : open(found.sealingKey, stored.sealedSha256, stored.id);
    },
  };
}
