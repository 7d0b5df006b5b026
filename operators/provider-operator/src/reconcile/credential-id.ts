import { createHash } from 'node:crypto';

/**
 * The id of one version of one key: the same for every reader of the same Secret, and another one as soon as the Secret
 * has changed. A name-based UUID over SHA-256 (RFC 9562 §5.8); it reveals nothing of the key.
 */
export function toCredentialId(from: {
  providerUid: string;
  keyName: string;
  secretUid: string;
  secretResourceVersion: string;
}): string {
  const text = JSON.stringify([from.providerUid, from.keyName, from.secretUid, from.secretResourceVersion]);
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
