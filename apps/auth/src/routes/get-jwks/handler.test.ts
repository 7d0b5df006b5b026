import { jwksPath } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /.well-known/jwks.json', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth({ AUTH_JWT_PRIVATE_KEY: `${'a'.repeat(43)},${'b'.repeat(42)}A` });
  });
  afterAll(() => auth.stop());

  it('answers 200 to every caller with the public half of every key, and nothing of the private half (I5, I18)', async () => {
    const answer = await auth.call('GET', jwksPath);

    expect(answer.status).toBe(200);
    const key = {
      kty: 'OKP',
      crv: 'Ed25519',
      x: expect.any(String),
      kid: expect.any(String),
      alg: 'EdDSA',
      use: 'sig',
    };
    expect(answer.body).toEqual({ keys: [key, key] });
    expect(answer.text).not.toContain('"d"');
    expect(answer.text).not.toContain('a'.repeat(43));
  });

  it('lets the first key sign', async () => {
    const { accessToken } = await auth.logIn(await auth.createAccount());
    const header = decodeProtectedHeader(accessToken);
    expect((await auth.call('GET', jwksPath)).body).toMatchObject({ keys: [{ kid: header.kid }, {}] });
  });
});
