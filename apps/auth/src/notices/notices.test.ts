import { randomUUID } from 'node:crypto';
import { billingNoticeType } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toMessage } from '../mail/to-message.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

describe('notices of billing', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth({ WEBHOOK_ALLOWLIST: '127.0.0.1' });
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const notice = (fields: object = {}) => ({
    ...{ id: randomUUID(), organizationId: owner.principal.orgId, type: 'balance.low', language: 'ru' },
    ...{ time: '2026-11-30T10:00:00.000Z', data: { balanceNanoUsd: '999999999', thresholdNanoUsd: '1000000000' } },
    ...fields,
  });
  const send = async (body: unknown, as: 'billing' | 'proxy' = 'billing') =>
    (await auth.call('POST', '/internal/notices', { as, body })).status;
  const count = (queue: string) => auth.database.workJob.count({ where: { queue } });

  it('become a mail to each of those who pay and an event for webhooks, once for each id', async () => {
    const as = { ...owner.principal, sessionId: randomUUID() };
    const endpoint = { name: 'hooks', url: 'http://127.0.0.1:9/x', events: ['balance.low'] };
    expect((await auth.call('POST', '/v1/auth/organization/webhooks', { as, body: endpoint })).status).toBe(201);
    await auth.createMember(owner.principal, 'billing');
    await auth.createMember(owner.principal, 'developer');
    const [mails, events] = [await count('mail'), await count('webhook_event')];
    const first = notice();
    expect([await send(first), await send(first)]).toEqual([204, 204]);
    expect([await count('mail'), await count('webhook_event')]).toEqual([mails + 2, events + 1]);
    expect(await send(notice({ type: 'invoice.issued', data: { number: 'A-1' } }))).toBe(204);
    expect([await count('mail'), await count('webhook_event')]).toEqual([mails + 4, events + 1]);
  });

  it('of an organisation that is gone are dropped, and those of others or without form are rejected', async () => {
    expect(await send(notice({ organizationId: randomUUID() }))).toBe(204);
    expect(await send(notice(), 'proxy')).toBe(401);
    expect(await send(notice({ type: 'key.created' }))).toBe(400);
    expect(await send(notice({ data: { '__proto__.x': 'y' } }))).toBe(400);
  });
});

describe('mails of notices', () => {
  it.each(billingNoticeType.options)('%s has words in English and Russian for all its facts', (type) => {
    const facts = Object.fromEntries(
      [
        'balance',
        'threshold',
        'spent',
        'usual',
        'day',
        'brand',
        'lastDigits',
        'expires',
        'amount',
        'topUpId',
        'failureCode',
      ]
        .concat(['number', 'period', 'total', 'plan', 'periodEnd', 'graceEnd', 'fee'])
        .map((name) => [name, `<${name}>`]),
    );
    const mail = { template: 'billing_notice', to: 'a@b.c', notice: type, organizationName: 'Engines', facts } as const;
    const [en, ru] = (['en', 'ru'] as const).map((language) => toMessage({ ...mail, language }, 'https://x.example'));
    const used = (text = '') => [...text.matchAll(/<\w+>/g)].map(([name]) => name).sort();
    expect(used(en?.text)).toEqual(used(ru?.text));
    expect(en?.text).toMatch(/^[\x20-\x7e\n]+$/);
    expect(`${ru?.subject}${ru?.text}`).toMatch(/[а-я]{5}/);
    for (const message of [en, ru]) expect(`${message?.subject}${message?.text}`).not.toMatch(/[{}]|undefined/);
  });
});
