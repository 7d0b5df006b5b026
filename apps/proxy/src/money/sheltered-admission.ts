import {
  type AdmissionStore,
  type BudgetLimit,
  createShelteredAdmissionStore,
  type LedgerHolds,
} from '@aggregator/admission';
import { nameSubject, splitSubject } from '@aggregator/budgets';
import { AppError, type LedgerHoldAnswer, ledgerHoldAnswer } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';
import { toBudgetError } from './budget-error.ts';
import { toHoldRefusal } from './lease-requests.ts';
import { isRequestBudget } from './request-budgets.ts';

/** Requests that one proxy has open while each costs a transaction of the ledger. */
const openMax = 64;
/** The contract asks for a time; a raise keeps the time of its hold. */
const raisedTtlMs = 1;

/** The counter store, with the ledger to fall back on while it is away. */
export function shelterAdmission(
  primary: AdmissionStore,
  billing: InternalClient,
  options: { sharedBy: number; onChange(isAway: boolean, error: unknown): void },
): AdmissionStore {
  return createShelteredAdmissionStore({
    ...{ primary, openMax, ...options },
    ledger: createLedgerHolds(billing),
    refuse: () =>
      new AppError('service_unavailable', {
        internal: `${openMax} requests on holds of the ledger`,
        retryAfterMs: 1000,
      }),
  });
}

function createLedgerHolds(billing: InternalClient): LedgerHolds {
  return {
    async hold({ holdNanoUsd, budgets, ...request }) {
      const body = { ...request, holdNanoUsd: formatNanoUsd(holdNanoUsd), ...toWire(budgets) };
      const answer = await askBilling(
        billing.call({ method: 'POST', path: '/internal/holds', body, answer: ledgerHoldAnswer }),
      );
      if (answer.result !== 'held') throw toRefusal(answer, budgets, holdNanoUsd);
      return parseNanoUsd(answer.availableNanoUsd);
    },
    async raise({ holdNanoUsd, budgets = [], ...request }) {
      const amount = { holdNanoUsd: formatNanoUsd(holdNanoUsd), ...toWire(budgets) };
      const body = { ...request, ...amount, ttlMs: raisedTtlMs, isRaise: true };
      const answer = await askBilling(
        billing.call({ method: 'POST', path: '/internal/holds', body, answer: ledgerHoldAnswer }),
      );
      if (answer.result !== 'held') throw toRefusal(answer, budgets, holdNanoUsd);
      return parseNanoUsd(answer.availableNanoUsd);
    },
    async release(body) {
      await billing.call({ method: 'POST', path: '/internal/holds/release', body, answer: z.unknown() });
    },
  };
}

function toWire(budgets: readonly BudgetLimit[]) {
  if (budgets.length === 0) return {};
  const rows = budgets.map(({ subject, limitNanoUsd }) => {
    const [id, period] = splitSubject(subject);
    return { id, period, limitNanoUsd: formatNanoUsd(limitNanoUsd) };
  });
  return { budgets: rows };
}

function toRefusal(
  answer: Exclude<LedgerHoldAnswer, { result: 'held' }>,
  budgets: readonly BudgetLimit[],
  holdNanoUsd: bigint,
): AppError {
  if (answer.result !== 'budget_exceeded') return toHoldRefusal(answer);
  const exceeded = budgets.find(({ subject }) => subject === nameSubject(answer));
  if (exceeded === undefined || !isRequestBudget(exceeded)) return new AppError('budget_exceeded');
  const use = { spentNanoUsd: parseNanoUsd(answer.spentNanoUsd), usedNanoUsd: parseNanoUsd(answer.usedNanoUsd) };
  return toBudgetError(exceeded, use, holdNanoUsd, Date.now());
}

/** Neither the counter store nor the ledger: it is unknown whether the caller may spend. */
async function askBilling<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new AppError('billing_unavailable', { internal: 'no hold in the ledger', cause, retryAfterMs: 1000 });
  }
}
