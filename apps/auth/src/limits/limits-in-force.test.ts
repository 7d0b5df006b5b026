import { describe, expect, it } from '@jest/globals';
import { readAuthConfig } from '../config.ts';
import { toInstallationLimits } from './installation-limits.ts';
import { ceilingsOf, limitsInForce, organizationLimitsOf, refuseAboveCeiling } from './limits-in-force.ts';

const secret = 's'.repeat(43);
const installation = (environment: Record<string, string> = {}) =>
  toInstallationLimits(
    readAuthConfig({
      INTERNAL_SIGNING_KEY: secret,
      KEY_PEPPER: secret,
      AUTH_JWT_PRIVATE_KEY: secret,
      AUTH_DATABASE_URL: 'postgresql://localhost/aggregator_auth',
      ...environment,
    }),
  );

describe('limits of the installation', () => {
  it('derives each ceiling from the default when the operator sets none', () => {
    expect(installation()).toEqual({
      defaults: { requestsPerMinute: 600, tokensPerMinute: null, concurrentRequests: 200 },
      keyCeilings: { requestsPerMinute: 600, tokensPerMinute: null, concurrentRequests: 200 },
      organizationCeilings: { requestsPerMinute: 60_000, tokensPerMinute: null, concurrentRequests: 2000 },
    });
  });

  it("takes the operator's ceilings, and no ceiling for 'none'", () => {
    const { keyCeilings, organizationCeilings } = installation({
      KEY_REQUESTS_PER_MINUTE_MAX: '5000',
      KEY_CONCURRENT_REQUESTS_MAX: 'none',
      ORGANIZATION_REQUESTS_PER_MINUTE_MAX: '7000',
      ORGANIZATION_TOKENS_PER_MINUTE_MAX: '9000',
    });
    expect(keyCeilings).toEqual({ requestsPerMinute: 5000, tokensPerMinute: null, concurrentRequests: null });
    expect(organizationCeilings).toEqual({ requestsPerMinute: 7000, tokensPerMinute: 9000, concurrentRequests: null });
  });
});

describe('limits in force', () => {
  const { defaults } = installation();
  const ceiling = { requestsPerMinute: 1000, tokensPerMinute: 500, concurrentRequests: null };

  it.each([
    ['the default when the key has no own limit', {}, { requestsPerMinute: 600, tokensPerMinute: 500 }],
    [
      'the default when the key says null',
      { requestsPerMinute: null, concurrentRequests: null },
      { concurrentRequests: 200 },
    ],
    ["the key's own up to the ceiling", { requestsPerMinute: 1000 }, { requestsPerMinute: 1000 }],
    ['the ceiling when the stored limit is above it', { requestsPerMinute: 1001 }, { requestsPerMinute: 1000 }],
  ])('are %s', (_name, own, expected) => {
    expect(limitsInForce(own, defaults, ceiling)).toMatchObject(expected);
  });

  it("replaces the installation's ceilings by the operator's for one organisation, field by field", () => {
    const ceilings = ceilingsOf(
      { key: { requestsPerMinute: 9000 }, organization: { tokensPerMinute: 3 } },
      installation(),
    );
    expect(ceilings.key).toEqual({ requestsPerMinute: 9000, tokensPerMinute: null, concurrentRequests: 200 });
    expect(ceilings.organization).toEqual({ requestsPerMinute: 60_000, tokensPerMinute: 3, concurrentRequests: 2000 });
  });

  it('leaves the limits of an organisation out when it has none, so that nothing is counted', () => {
    const none = { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null };
    expect(organizationLimitsOf({ key: none, organization: none })).toEqual({});
  });

  it('rejects a wanted limit above the ceiling and names the ceiling', () => {
    expect(() => refuseAboveCeiling({ requestsPerMinute: 1001 }, ceiling)).toThrow(
      expect.objectContaining({ publicMessage: expect.stringContaining('1000') }),
    );
    expect(() => refuseAboveCeiling({ requestsPerMinute: 1000, concurrentRequests: 9 }, ceiling)).not.toThrow();
  });
});
