import type { AttemptSummary, Usage } from '@aggregator/contracts';
import { costUsage, formatNanoUsd } from '@aggregator/pricing';
import type { FailureKind } from '@aggregator/resilience';
import type { Prompt } from '@aggregator/tokens';
import { chargeUsage } from './charge.ts';
import type { DispatchedRequest } from './dispatched-request.ts';
import { estimateLeft } from './estimate-left.ts';
import type { AttemptEnd } from './settled.ts';

/** A provider bills no refusal, and nothing that did not reach it. */
const unbilled: ReadonlySet<FailureKind> = new Set<FailureKind>(['answered', 'unreachable']);

/**
 * What a failed attempt used at its provider: its figures, as far as they came, and an estimate of the rest. It is our cost,
 * not the customer's. Undefined if the provider bills nothing for such a failure.
 * @param readPrompt Called if a part of an answer came without figures.
 */
export function judgeSpent(
  request: DispatchedRequest,
  end: AttemptEnd,
  kind: FailureKind,
  readPrompt: () => Prompt,
): AttemptSummary['spent'] {
  if (!end.isSent || unbilled.has(kind)) return undefined;
  const { usage } = chargeUsage(readUsage(request, end, readPrompt), request);
  return {
    usage,
    costNanoUsd: formatNanoUsd(costUsage(usage, request.price)),
    priceVersion: (request.price.cost ?? request.price).version,
  };
}

function readUsage(request: DispatchedRequest, end: AttemptEnd, readPrompt: () => Prompt): Usage {
  const { usage, partialUsage = null, outputCharacters: characters, readTexts } = end;
  if (usage !== null) return usage;
  // No tokens are counted for a request that got no answer: an outage has many of them.
  if (characters === 0) return partialUsage ?? { inputUncached: request.inputTokensEstimate };
  return estimateLeft(request, partialUsage, { characters, texts: readTexts?.() ?? [] }, readPrompt).usage;
}
