import { deriveSealingKey, open, seal } from './seal.ts';

/** Seals secrets that the installation itself must read again. */
export interface SecretSealer {
  /** @param rowId the row that the secret belongs to: it is opened with the same one alone. */
  seal(secret: string, rowId: string): Uint8Array<ArrayBuffer>;
  /** Null if it was sealed with a pepper that is no longer configured. */
  open(sealed: Uint8Array, rowId: string): string | null;
}

/** @param purpose secrets of one purpose cannot be opened as those of another. */
export function createSecretSealer(peppers: readonly string[], purpose: string): SecretSealer {
  const keys = peppers.map((pepper) => deriveSealingKey(pepper, purpose));
  const present = keys[0];
  if (present === undefined) throw new RangeError('at least one pepper is needed');
  return {
    seal: (secret, rowId) => seal(present, secret, rowId),
    open: (sealed, rowId) => keys.map((key) => open(key, sealed, rowId)).find((text) => text !== null) ?? null,
  };
}
