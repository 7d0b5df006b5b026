import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { meteredChat, startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const messages = [{ role: 'user', content: 'hi' }];
let metered: UsageWorld;
beforeAll(async () => {
  metered = await startUsageWorld([meteredChat], {
    environment: { REQUEST_COST_MAX_NANO_USD: '1000000000' },
    balanceNanoUsd: 900_000_000n,
  });
});
afterAll(() => metered.stop());

const ask = async (more: object) => {
  const answer = await metered.world.post('/v1/chat/completions', { model: meteredChat.id, messages, ...more });
  return { status: answer.status, json: await answer.json() };
};

describe('a request that may cost too much', () => {
  it('is refused above the operator’s limit before anything is sent, and names the limit (I2)', async () => {
    const { status, json } = await ask({ max_tokens: 60_000 });

    expect(status).toBe(400);
    expect(json).toMatchObject({ error: { code: 'request_cost_too_high', message: expect.stringContaining('$1.') } });
    expect(metered.world.scripted.requests).toBe(0);
    await metered.world.waitUntilNothingHeld();
  });

  it('is judged by its balance up to the limit', async () => {
    const { status, json } = await ask({ max_tokens: 49_000 });

    expect([status, json]).toMatchObject([429, { error: { code: 'insufficient_quota' } }]);
  });

  it('is asked to set max_tokens if it sets none and the balance does not cover the model’s limit', async () => {
    const poor = await startUsageWorld([meteredChat], { balanceNanoUsd: 900_000_000n });
    try {
      const answer = await poor.world.post('/v1/chat/completions', { model: meteredChat.id, messages });
      const { error } = JSON.parse(await answer.text());

      expect(answer.status).toBe(429);
      expect(error).toMatchObject({ code: 'insufficient_quota', param: 'max_tokens' });
      expect(error.message).toContain('it sets no max_tokens, so its answer may have 131072 tokens');
      expect(error.message).toContain('$2.62');
    } finally {
      await poor.stop();
    }
  });
});
