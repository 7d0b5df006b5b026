import { type PriceTableStatus, priceTableConditionTypes } from '@aggregator/contracts';
import type { PriceTableVerdict } from '../reconcile/check-price-tables.ts';
import type { Answered } from '../reconcile/declared-set.ts';
import { conditionFalse, conditionTrue, conditionUnknown, type Judgement } from './judgement.ts';
import { mergeConditions } from './merge-conditions.ts';
import { toAccepted } from './provider-status.ts';

export interface PriceTableEvidence {
  readonly verdict: PriceTableVerdict;
  /** Of this very entry; null while the orchestrator has not answered to it. */
  readonly answered: Answered | null;
  readonly isReachable: boolean;
  readonly before: PriceTableStatus | undefined;
  readonly nowMs: number;
}

/** Pure, as `toProviderStatus`. */
export function toPriceTableStatus(evidence: PriceTableEvidence): PriceTableStatus {
  const { verdict, answered, before, nowMs } = evidence;
  const { metadata, spec } = verdict.object;
  const accepted = toAccepted(verdict.accepted, answered);
  return {
    observedGeneration: metadata.generation,
    conditions: mergeConditions(
      before?.conditions ?? [],
      { Accepted: accepted, Ready: toReady(evidence, accepted) },
      metadata.generation,
      nowMs,
    ),
    ...(spec !== null && { prices: spec.prices.length, rules: spec.rules.length }),
  };
}

/** At the first run, before anything is known. */
export function toPendingTable(generation: number, nowMs: number): PriceTableStatus {
  const pending = conditionUnknown('Pending', 'Nothing is known yet.');
  const judgements = Object.fromEntries(priceTableConditionTypes.map((type) => [type, pending]));
  return { observedGeneration: generation, conditions: mergeConditions([], judgements, generation, nowMs) };
}

function toReady({ answered, isReachable }: PriceTableEvidence, accepted: Judgement): Judgement {
  if (accepted.status !== 'True') {
    return conditionFalse(accepted.reason, `${accepted.message} Nothing of it was changed in the price book.`.trim());
  }
  if (answered !== null) return conditionTrue('Ready', 'The price book has its prices and rules.');
  return isReachable
    ? conditionFalse('Progressing', 'The orchestrator has not answered yet.')
    : conditionFalse('OrchestratorUnavailable', 'The orchestrator does not answer. The price book is as it was.');
}
