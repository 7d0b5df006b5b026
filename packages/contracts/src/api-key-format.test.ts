import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fastCheck from 'fast-check';
import { createApiKey, isWellFormedApiKey } from './api-key-format.ts';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const fromBase62 = (text: string) =>
  [...text].reduce((value, digit) => value * 62n + BigInt(alphabet.indexOf(digit)), 0n);

describe('createApiKey', () => {
  it('writes all 256 bits into 43 digits', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const key = createApiKey(bytes);
        expect(key).toMatch(/^agk_live_[0-9A-Za-z]{49}$/);
        expect(fromBase62(key.slice(9, 52))).toBe(BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
      }),
    );
  });

  it('ends with the CRC-32 of everything before', () => {
    const key = createApiKey(randomBytes(32));
    expect(fromBase62(key.slice(-6))).toBe(BigInt(crc32(key.slice(0, -6))));
  });

  it('refuses fewer than 256 bits', () => {
    expect(() => createApiKey(randomBytes(31))).toThrow(RangeError);
  });
});

describe('isWellFormedApiKey', () => {
  it('accepts every key that is made', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) =>
        isWellFormedApiKey(createApiKey(bytes)),
      ),
    );
  });

  it('refuses a key with any one character changed', () => {
    const key = createApiKey(randomBytes(32));
    for (let index = 0; index < key.length; index += 1) {
      const other = key[index] === 'x' ? 'y' : 'x';
      expect(isWellFormedApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBe(false);
    }
  });

  it.each([
    '',
    'agk_live_',
    'sk-abcdefgh',
    `agk_live_${'0'.repeat(49)}`,
    `${createApiKey(new Uint8Array(32))}\n`,
    'é'.repeat(58),
  ])('refuses %j', (text) => {
    expect(isWellFormedApiKey(text)).toBe(false);
  });
});
