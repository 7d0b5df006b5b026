/**
 * How an API key looks: `agk_live_`, 43 base62 digits that hold 256 random bits, and 6 base62 digits that hold the
 * CRC-32 of everything before them. The checksum lets the gateway refuse a mistyped or invented key before any look-up;
 * it is no secret and proves nothing about a key's validity.
 */
export const apiKeyPrefix = 'agk_live_';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const secretBytes = 32;
const secretDigits = 43;
const checksumDigits = 6;
const shape = /^agk_live_[0-9A-Za-z]{49}$/;

/** CRC-32 as in zip and Ethernet, least significant bit first. Source: RFC 1952 §8. */
const crcTable: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder >>> 0;
});

/**
 * A new key. `randomBytes` is 32 bytes from a cryptographic source; the same bytes give the same key. Throws RangeError
 * on any other length.
 */
export function createApiKey(randomBytes: Uint8Array): string {
  if (randomBytes.length !== secretBytes) throw new RangeError(`an API key needs ${secretBytes} random bytes`);
  const secret = randomBytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const body = `${apiKeyPrefix}${toBase62(secret, secretDigits)}`;
  return `${body}${checksumOf(body)}`;
}

/** True if the text has the form of a key, its checksum included. Costs microseconds and touches nothing. */
export function isWellFormedApiKey(text: string): boolean {
  if (!shape.test(text)) return false;
  const body = text.slice(0, -checksumDigits);
  return text.slice(-checksumDigits) === checksumOf(body);
}

function checksumOf(ascii: string): string {
  let crc = 0xffffffff;
  for (let index = 0; index < ascii.length; index += 1) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ ascii.charCodeAt(index)) & 0xff] ?? 0);
  }
  return toBase62(BigInt((crc ^ 0xffffffff) >>> 0), checksumDigits);
}

function toBase62(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest /= 62n) text = alphabet.charAt(Number(rest % 62n)) + text;
  return text;
}
