import { embeddingsRequest, type SnapshotModel } from '@aggregator/contracts';
import { checkBody, parseJsonBody, readJsonBytes } from '@aggregator/service-kit';
import { holdRequest, type RequestBounds } from '../admission/hold-request.ts';
import { answerWhole } from '../attempts/answer-whole.ts';
import { beginAttempt } from '../attempts/begin-attempt.ts';
import { endAttempt, unknownEnd } from '../attempts/end-attempt.ts';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { planCandidate } from '../routing/plan-candidate.ts';

/** Embeddings from their body to their settlement; as a chat, but always in one piece. */
export async function embed(context: ProxyContext, exchange: Exchange): Promise<void> {
  const bytes = await readJsonBytes(exchange.request, context.config.requestBytesMax);
  const request = checkBody(embeddingsRequest, parseJsonBody(bytes));

  const candidate = planCandidate(context, exchange.principal, request.model, 'embeddings');
  const texts = Array.isArray(request.input) ? request.input.length : 1;
  const bounds = boundEmbeddings(bytes.length, texts, candidate.model);
  const hold = await holdRequest(context, exchange, candidate, bounds);
  const attempt = beginAttempt(context, exchange, candidate, hold, { operation: 'embeddings', isStreamed: false });
  let end = unknownEnd;
  try {
    const { adapter, target } = attempt;
    end = await answerWhole(context, attempt, {
      request: adapter.toEmbeddingsRequest(request, target),
      readAnswer: adapter.fromEmbeddingsResponse,
    });
  } finally {
    await endAttempt(context, attempt, end);
  }
}

/** A token is a byte of text at least, or a number that is written with a digit and a comma: the body bounds both. */
function boundEmbeddings(bodyBytes: number, texts: number, { contextLength }: SnapshotModel): RequestBounds {
  const inputTokensMax = Math.min(bodyBytes, contextLength * texts);
  return {
    inputTokensMax,
    outputTokensMax: 0,
    inputTokensEstimate: Math.min(Math.ceil(bodyBytes / 3), inputTokensMax),
    tokensLikely: Math.min(Math.ceil(bodyBytes / 4), inputTokensMax),
  };
}
