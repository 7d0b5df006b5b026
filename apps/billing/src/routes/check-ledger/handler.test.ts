import { ledgerCheckAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling();
});
afterAll(() => billing.stop());

describe('GET /internal/ledger/check', () => {
  it('200 answers whether the ledger is sound', async () => {
    const { status, body } = await billing.askAsPeer('GET', '/internal/ledger/check', 'analytics');
    expect(status).toBe(200);
    expect(ledgerCheckAnswer.parse(body)).toMatchObject({ isConsistent: true, accounts: 9, sumNanoUsd: '0' });
  });

  it('401 rejects a caller that is no peer', async () => {
    expect((await fetch(`${billing.url}/internal/ledger/check`)).status).toBe(401);
  });
});
