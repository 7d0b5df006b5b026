import { describe, expect, it } from '@jest/globals';
import { createKeyHasher, sha256Hex } from './key-hasher.ts';

const [oldPepper, newPepper] = ['o'.repeat(43), 'n'.repeat(43)];
const digest = sha256Hex('a key');

describe('createKeyHasher', () => {
  it('finds a key that was made with an older pepper, as long as that is configured (I18)', () => {
    const stored = createKeyHasher([oldPepper]).toStored(digest, 'id');

    const during = createKeyHasher([newPepper, oldPepper]);
    const after = createKeyHasher([newPepper]);

    expect(during.toHmacs(digest)).toContainEqual(stored.keyHmac);
    expect(during.readSha256({ id: 'id', ...stored })).toBe(digest);
    expect(after.toHmacs(digest)).not.toContainEqual(stored.keyHmac);
    expect(after.readSha256({ id: 'id', ...stored })).toBeNull();
  });

  it('uses the first pepper for new keys', () => {
    const { pepperVersion } = createKeyHasher([newPepper, oldPepper]).toStored(digest, 'id');
    expect(pepperVersion).toBe(createKeyHasher([newPepper]).toStored(digest, 'id').pepperVersion);
  });

  it('binds what it seals to the row', () => {
    const hasher = createKeyHasher([newPepper]);
    expect(hasher.readSha256({ id: 'another id', ...hasher.toStored(digest, 'id') })).toBeNull();
  });

  it('refuses to work without a pepper', () => {
    expect(() => createKeyHasher([])).toThrow(RangeError);
  });
});
