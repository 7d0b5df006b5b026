import { randomUUID } from 'node:crypto';
import { toEntityTag } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';

const seller = { name: 'Seller', address: ['1 Road'], taxId: null, numberPrefix: 'A-', taxName: 'VAT', taxPpm: 0 };

/** A resource, how it is made and changed, and who does that. */
interface Kind {
  path: string;
  by?: 'operator';
  make(world: PaymentWorld): Promise<unknown>;
  change?(): object;
  /** The change is a DELETE. */
  ends?: true;
}

describe('a change of money settings that names the ETag of what it changes', () => {
  let world: PaymentWorld;
  let plans: string[];
  beforeAll(async () => {
    world = await startPayments();
    await world.paid({ saveMethod: true });
    const plan = async (name: string) => {
      const body = { name, feeNanoUsd: '10000000', includedCreditNanoUsd: '0', trialDays: 0 };
      return (await world.ask('POST', '/v1/billing/plans', world.operator, body)).body.id as string;
    };
    plans = [await plan('small'), await plan('large')];
  });
  afterAll(() => world.stop());

  const kinds: Record<string, Kind> = {
    subscription: {
      path: 'subscription',
      make: (own) => own.ask('PUT', '/v1/billing/subscription', own.owner, { planId: plans[0] }),
      change: () => ({ planId: plans[1] }),
    },
    'ended subscription': { path: 'subscription', make: async () => undefined, ends: true },
    payer: {
      path: 'payer',
      make: (own) => own.ask('PUT', '/v1/billing/payer', own.owner, { organizationId: randomUUID() }),
      change: () => ({ organizationId: randomUUID() }),
    },
    'payer that is left': { path: 'payer', make: async () => undefined, ends: true },
    'legal entity': {
      ...{ path: 'legal-entity', by: 'operator' },
      make: (own) => own.ask('PUT', '/v1/billing/legal-entity', own.operator, seller),
      change: () => ({ ...seller, taxPpm: 190_000 }),
    },
    'credit limit': {
      ...{ path: 'payers/ORG/credit-limit', by: 'operator', make: async () => undefined },
      change: () => ({ creditLimitNanoUsd: '5' }),
    },
    'payment method': { path: 'payment-method', make: async () => undefined, ends: true },
  };

  it.each(Object.entries(kinds))(
    'is rejected for a changed %s, and made for one that is as it was read',
    async (_name, kind) => {
      await kind.make(world);
      const as = kind.by === 'operator' ? world.operator : world.owner;
      const path = `/v1/billing/${kind.path.replace('ORG', world.owner.orgId)}`;
      const read = () => world.ask('GET', path, as);
      const send = (tag: string) =>
        world.ask(kind.ends === true ? 'DELETE' : 'PUT', path, as, kind.change?.(), { 'if-match': tag });
      const before = await read();
      expect(before.status).toBe(200);

      expect(await send(toEntityTag('another'))).toMatchObject({ status: 412, body: { code: 'precondition_failed' } });
      expect((await read()).body).toEqual(before.body);
      expect([200, 204]).toContain((await send(toEntityTag(before.body))).status);
      expect((await read()).body).not.toEqual(before.body);
      expect((await send(toEntityTag(before.body))).status).toBe(412);
    },
  );
});
