import type { Usage } from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';
import type { Target } from '@aggregator/routing';
import { type TraceSpan, type Tracing, toCallName } from '@aggregator/service-kit';
import type { AttemptOutcome } from './attempt-outcome.ts';
import type { OpenRequest } from './open-request.ts';

/** One attempt as a step of its request. Null while traces are off. */
export function beginAttemptTrace(
  tracing: Tracing | null,
  { exchange, operation, attempts }: OpenRequest,
  { candidate: { provider, model } }: Target,
): TraceSpan | null {
  if (tracing === null) return null;
  return tracing.begin(toCallName(operation, model.id), 'client', exchange.span?.traceparent, {
    ...{ operation, provider: adapterFor(provider.type).facts.traceName ?? provider.type, requestModel: model.id },
    ...{ requestId: exchange.requestId, attempt: attempts.length + 1 },
  });
}

export function endAttemptTrace(span: TraceSpan, outcome: AttemptOutcome): void {
  const { end } = outcome;
  const usage = end.charge?.usage ?? end.usage;
  span.end(
    {
      outcome: outcome.result,
      ...(usage != null && toTokens(usage)),
      ...(end.charge != null && { costNanoUsd: String(end.charge.amountNanoUsd) }),
    },
    outcome.result === 'completed' ? null : (end.failure?.code ?? null),
  );
}

/** Cached input is a part of the input here, as reasoning is of the output. */
function toTokens({ inputUncached = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, ...output }: Usage) {
  return {
    inputTokens: inputUncached + cacheRead + cacheWrite5m + cacheWrite1h,
    outputTokens: (output.outputText ?? 0) + (output.outputReasoning ?? 0),
  };
}
