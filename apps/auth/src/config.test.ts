import { ConfigError } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { readAuthConfig } from './config.ts';

const secret = 's'.repeat(43);
const complete = {
  INTERNAL_SIGNING_KEY: secret,
  KEY_PEPPER: secret,
  AUTH_JWT_PRIVATE_KEY: secret,
  AUTH_DATABASE_URL: 'postgresql://localhost/aggregator_auth',
};

describe('readAuthConfig', () => {
  it('needs no more than the database and three secrets', () => {
    expect(readAuthConfig(complete)).toMatchObject({
      port: 3001,
      keyPeppers: [secret],
      defaultRequestsPerMinute: 600,
      defaultTokensPerMinute: null,
      defaultConcurrentRequests: 200,
    });
  });

  it('names every missing variable at once', () => {
    expect(() => readAuthConfig({})).toThrow(
      /INTERNAL_SIGNING_KEY[\s\S]*AUTH_DATABASE_URL[\s\S]*KEY_PEPPER[\s\S]*AUTH_JWT_PRIVATE_KEY/,
    );
  });

  it.each(['short', `${secret},`, `${secret},short`, Array(5).fill(secret).join(',')])(
    'refuses a pepper that is not one to four times 32 bytes, and does not show it: %s',
    (pepper) => {
      expect(() => readAuthConfig({ ...complete, KEY_PEPPER: pepper })).toThrow(ConfigError);
      expect(() => readAuthConfig({ ...complete, KEY_PEPPER: pepper })).not.toThrow(pepper);
    },
  );

  it('takes older secrets after the present one', () => {
    const older = 'o'.repeat(43);
    expect(readAuthConfig({ ...complete, KEY_PEPPER: `${secret}, ${older}` }).keyPeppers).toEqual([secret, older]);
  });

  it("takes 'none' for a limit, and refuses zero", () => {
    expect(readAuthConfig({ ...complete, DEFAULT_REQUESTS_PER_MINUTE: 'none' }).defaultRequestsPerMinute).toBeNull();
    expect(() => readAuthConfig({ ...complete, DEFAULT_REQUESTS_PER_MINUTE: '0' })).toThrow(
      'DEFAULT_REQUESTS_PER_MINUTE',
    );
  });
});
