import { describe, expect, it } from '@jest/globals';
import { hashPassword, verifyPassword } from './hash-password.ts';

describe('hashPassword', () => {
  it('gives a hash that fits this password and no other', async () => {
    const hash = await hashPassword('correct horse');

    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('Correct horse', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('gives two hashes for two users with one password', async () => {
    expect(await hashPassword('correct horse')).not.toBe(await hashPassword('correct horse'));
  });
});

describe('verifyPassword', () => {
  it('knows the reference vector of argon2id', async () => {
    // Source: https://github.com/P-H-C/phc-winner-argon2, src/test.c (read 2026-11).
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
    expect(await verifyPassword('password', hash)).toBe(true);
    expect(await verifyPassword('passwore', hash)).toBe(false);
  });

  it('takes one password in either Unicode form', async () => {
    expect(await verifyPassword('cafe\u0301 au lait', await hashPassword('café au lait'))).toBe(true);
  });

  it('throws on a stored text that is no hash, rather than admit a caller', async () => {
    for (const text of ['', 'correct horse', '$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$A']) {
      await expect(verifyPassword('correct horse', text)).rejects.toThrow('argon2id');
    }
  });
});
