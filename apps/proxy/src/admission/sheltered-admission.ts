import { type AdmissionStore, createShelteredAdmissionStore, type LedgerHolds } from '@aggregator/admission';
import { AppError, ledgerHoldAnswer } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';
import { toHoldRefusal } from './lease-requests.ts';

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
    async hold({ holdNanoUsd, ...request }) {
      const body = { ...request, holdNanoUsd: formatNanoUsd(holdNanoUsd) };
      const answer = await askBilling(
        billing.call({ method: 'POST', path: '/internal/holds', body, answer: ledgerHoldAnswer }),
      );
      if (answer.result !== 'held') throw toHoldRefusal(answer);
      return parseNanoUsd(answer.availableNanoUsd);
    },
    async raise({ holdNanoUsd, ...request }) {
      const body = { ...request, holdNanoUsd: formatNanoUsd(holdNanoUsd), ttlMs: raisedTtlMs, isRaise: true };
      const answer = await askBilling(
        billing.call({ method: 'POST', path: '/internal/holds', body, answer: ledgerHoldAnswer }),
      );
      if (answer.result !== 'held') throw toHoldRefusal(answer);
      return parseNanoUsd(answer.availableNanoUsd);
    },
    async release(body) {
      await billing.call({ method: 'POST', path: '/internal/holds/release', body, answer: z.unknown() });
    },
  };
}

/** Neither the counter store nor the ledger: nobody can say whether the caller may spend. */
async function askBilling<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (cause) {
    throw new AppError('billing_unavailable', { internal: 'no hold in the ledger', cause, retryAfterMs: 1000 });
  }
}
