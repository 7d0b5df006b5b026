import { BlockList } from 'node:net';
import { type PrincipalLimits, type PrivacyPolicy, privacyKinds, scope } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { limitsInForce } from '../limits/limits-in-force.ts';
import type { Maker } from './read-maker.ts';
import { refuseEscalation, type WantedGrant } from './refuse-escalation.ts';

const none: PrincipalLimits = { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null };
const installation = {
  defaults: { requestsPerMinute: 5, tokensPerMinute: null, concurrentRequests: 5 },
  keyCeilings: { requestsPerMinute: 8, tokensPerMinute: null, concurrentRequests: null },
  organizationCeilings: none,
};
const ceilings = { key: installation.keyCeilings, organization: none };
const addresses = ['10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.0', '10.1.0.0', '11.0.0.0'];
const instants = [1, 2, 3].map((ms) => new Date(ms));
const models = ['a', 'b', 'c'];
const origins = ['https://a.example.com', 'https://b.example.com'];

const limit = fc.option(fc.integer({ min: 1, max: 10 }));
const limits = fc.record(
  { requestsPerMinute: limit, tokensPerMinute: limit, concurrentRequests: limit },
  { requiredKeys: [] },
);
const range = fc
  .tuple(fc.constantFrom(...addresses), fc.option(fc.constantFrom(8, 16, 24, 30, 31, 32)))
  .map(([address, bits]) => (bits === null ? address : `${address}/${bits}`));
const privacy: fc.Arbitrary<PrivacyPolicy | null> = fc.option(
  fc.record({
    mode: fc.constantFrom('mask' as const, 'off' as const),
    kinds: fc.subarray([...privacyKinds].slice(0, 3)),
  }),
);
const grant = fc.record({
  scopes: fc.subarray([...scope.options]),
  models: fc.option(fc.subarray(models)),
  allowedIps: fc.option(fc.array(range, { maxLength: 3 })),
  allowedOrigins: fc.option(fc.subarray(origins)),
  privacy,
  expiresAt: fc.option(fc.constantFrom(...instants)),
  teamId: fc.constant(null),
  limits,
});
const toMaker = ({ limits: ownLimits, ...rest }: WantedGrant): Maker => ({
  ...rest,
  keyId: crypto.randomUUID(),
  ownLimits,
});

/** Everything that a key with this grant can do: one text for each right. */
function rightsOf(wanted: WantedGrant): string[] {
  const list = new BlockList();
  for (const text of wanted.allowedIps ?? []) {
    const [address = '', bits = '32'] = text.split('/');
    list.addSubnet(address, Number(bits));
  }
  const inForce = limitsInForce(wanted.limits, installation.defaults, ceilings.key);
  const upTo = (max: number | null) =>
    Array.from({ length: 12 }, (_, at) => at + 1).filter((n) => max === null || n <= max);
  const isMasked = (kind: (typeof privacyKinds)[number]) =>
    wanted.privacy?.mode === 'mask' && (wanted.privacy.kinds ?? privacyKinds).includes(kind);
  return [
    ...wanted.scopes.map((held) => `scope ${held}`),
    ...models.filter((model) => wanted.models?.includes(model) ?? true).map((model) => `model ${model}`),
    ...(wanted.models === null ? ['model d'] : []),
    ...addresses.filter((one) => wanted.allowedIps === null || list.check(one)).map((one) => `address ${one}`),
    ...(wanted.allowedIps === null ? ['address 203.0.113.1'] : []),
    ...origins.filter((one) => wanted.allowedOrigins?.includes(one) ?? true).map((one) => `page ${one}`),
    ...(wanted.allowedOrigins === null ? ['page of another origin'] : []),
    ...instants.filter((at) => wanted.expiresAt === null || at < wanted.expiresAt).map((at) => `at ${at.getTime()}`),
    ...(wanted.expiresAt === null ? ['at 4'] : []),
    ...Object.entries(inForce).flatMap(([field, max]) => upTo(max).map((n) => `${field} ${n}`)),
    ...privacyKinds.filter((kind) => !isMasked(kind)).map((kind) => `sends ${kind}`),
  ];
}

describe('refuseEscalation', () => {
  it('accepts no key that can do what its maker cannot (I17)', () => {
    let accepted = 0;
    fc.assert(
      fc.property(grant, grant, (made, wanted) => {
        try {
          refuseEscalation(toMaker(made), wanted, installation, ceilings);
        } catch {
          return;
        }
        accepted += 1;
        const held = new Set(rightsOf(made));
        expect(rightsOf(wanted).filter((right) => !held.has(right))).toEqual([]);
      }),
      { numRuns: 20_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it('accepts a key that is as restricted as its maker', () => {
    fc.assert(
      fc.property(grant, (made) => {
        expect(() => refuseEscalation(toMaker(made), made, installation, ceilings)).not.toThrow();
      }),
    );
  });

  it('accepts any limits and any expiry from a user with an access token', () => {
    const user: Maker = {
      ...toMaker({
        scopes: [],
        models: null,
        allowedIps: null,
        allowedOrigins: null,
        privacy: null,
        expiresAt: null,
        teamId: null,
        limits: {},
      }),
      keyId: null,
    };
    const wanted = {
      scopes: [],
      models: null,
      allowedIps: null,
      allowedOrigins: null,
      privacy: null,
      expiresAt: null,
      teamId: null,
      limits: { requestsPerMinute: 8 },
    };
    expect(() => refuseEscalation(user, wanted, installation, ceilings)).not.toThrow();
  });
});
