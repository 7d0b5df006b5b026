import type { BalanceAnswer, MonthStatement } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const messages = [{ role: 'user', content: 'hi' }];

describe('an organisation that another one pays for, through the gateway', () => {
  let world: World;
  let callers: Callers;
  let company: Tenant;
  let branch: Tenant;
  let operator: string;
  beforeAll(async () => {
    world = await startWorld({ SIGN_UP_CREDIT_NANO_USD: '0' }, { pace: 20 });
    callers = new Callers(world.baseUrl);
    [company, branch] = [await callers.signUp('company'), await callers.signUp('branch')];
    operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
  });
  afterAll(() => world.destroy());

  const ask = (as: string, method: string, path: string, body?: unknown) =>
    callers.as(as).request(method, `/v1/billing${path}`, body);
  const balance = async ({ token }: Tenant) =>
    BigInt(((await ask(token, 'GET', '/balance')).json as BalanceAnswer).balanceNanoUsd);

  it('is served on account of its payer, is on the statement of both, and is refused when that one goes', async () => {
    const { key } = await callers.createKey(branch.token);
    const chat = async () =>
      (await callers.as(key).request('POST', '/v1/chat/completions', { model: 'mock-small', messages })).status;
    expect(await chat()).toBe(429);
    const limit = { creditLimitNanoUsd: '1000000000' };
    const set = await ask(operator, 'PUT', `/payers/${company.organizationId}/credit-limit`, limit);
    expect(set.status).toBe(200);
    const asked = await ask(branch.token, 'PUT', '/payer', { organizationId: company.organizationId });
    expect(asked.status).toBe(200);
    const accept = `/paid-organizations/${branch.organizationId}/accept`;
    expect((await ask(branch.token, 'POST', accept)).status).toBe(400);
    expect((await ask(company.token, 'POST', accept)).status).toBe(200);

    await waitFor(async () => (await chat()) === 200, { describe: 'a request that the payer pays' });
    await waitFor(async () => (await balance(company)) < 0n, { describe: 'the charge in the balance of the payer' });
    expect(await balance(branch)).toBe(0n);
    const period = new Date().toISOString().slice(0, 7);
    const total = async ({ token }: Tenant, by: string) =>
      ((await ask(token, 'GET', `/statements/${period}?by=${by}`)).json as MonthStatement).totalNanoUsd;
    const owed = (-(await balance(company))).toString();
    expect([await total(company, 'organization'), await total(branch, 'model')]).toEqual([owed, owed]);

    await ask(company.token, 'DELETE', `/paid-organizations/${branch.organizationId}`);
    const payer = async () => (await ask(branch.token, 'GET', '/payer')).json;
    await waitFor(async () => ((await payer()) as { payer: unknown }).payer === null, {
      describe: 'the end of the payer',
    });
    expect(await chat()).toBe(429);
    expect(await balance(company)).toBe(-BigInt(owed));
  });
});
