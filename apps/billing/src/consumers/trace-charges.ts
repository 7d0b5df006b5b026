import type { Tracing } from '@aggregator/service-kit';
import type { UsageCharge } from '../charges/usage-charge.ts';

/** Begins a step for each charge whose request is traced. Returns what ends them, when the ledger has the batch. */
export function traceCharges(tracing: Tracing, charges: readonly UsageCharge[]): () => void {
  const spans = charges.flatMap(({ event: { traceparent, requestId, orgId, attempt, outcome }, amountNanoUsd }) =>
    traceparent == null
      ? []
      : tracing.begin('post charge', 'consumer', traceparent, {
          ...{ requestId, attempt, outcome, organization: orgId, costNanoUsd: String(amountNanoUsd) },
        }),
  );
  return () => {
    for (const span of spans) span.end({}, null);
  };
}
