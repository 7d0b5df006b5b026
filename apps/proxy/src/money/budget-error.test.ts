import type { PrincipalBudget } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toBudgetError } from './budget-error.ts';

const budget: PrincipalBudget = {
  ...{ id: '0190a000-0000-7000-8000-00000000000a', name: 'Red', level: 'team', period: 'month', timeZone: 'UTC' },
  ...{ limitNanoUsd: '1000000000', mode: 'hard' },
};
const limit = { budget, subject: 'x', period: '2026-11', limitNanoUsd: 1_000_000_000n, endsMs: 100_000 };

describe('the refusal of a budget', () => {
  it('says which budget, how far it is used, when it begins again and who can raise it', () => {
    const use = { spentNanoUsd: 900_000_000n, usedNanoUsd: 950_000_000n };
    const error = toBudgetError(limit, use, 200_000_000n, 40_000);
    expect(error).toMatchObject({ code: 'budget_exceeded', param: budget.id, retryAfterMs: 60_000 });
    expect(error.publicMessage).toBe(
      'The budget "Red" of the team does not cover this request, which may cost $0.2: $0.9 of $1 spent and $0.05 held. ' +
        'It begins again at 1970-01-01T00:01:40.000Z. An owner, an admin or a billing member of the organisation can raise it.',
    );
    expect(error.headers).toEqual({
      ratelimit: '"budget-team";r=50000000;t=60',
      'ratelimit-policy': '"budget-team";q=1000000000;qu="nano-usd"',
      'x-ratelimit-limit-budget': '1000000000',
      'x-ratelimit-remaining-budget': '50000000',
    });
  });

  it('is to be tried again soon if only open requests are in the way, and never if the period has no end', () => {
    const held = { spentNanoUsd: 0n, usedNanoUsd: 1_000_000_000n };
    expect(toBudgetError(limit, held, 1n, 0).retryAfterMs).toBe(1000);
    const spent = { spentNanoUsd: 1_000_000_000n, usedNanoUsd: 1_000_000_000n };
    expect(toBudgetError({ ...limit, endsMs: null }, spent, 1n, 0).retryAfterMs).toBeUndefined();
  });
});
