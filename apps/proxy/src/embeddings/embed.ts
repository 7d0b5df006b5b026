import { maskTexts } from '@aggregator/anonymisation';
import { AppError, type EmbeddingsRequest, embeddingsRequest, type SnapshotModel } from '@aggregator/contracts';
import type { EmbeddingsTranslation } from '@aggregator/providers';
import { checkBody, parseJsonBody, readJsonBytes, sendOpenAiError } from '@aggregator/service-kit';
import { holdRequest, type RequestBounds } from '../admission/hold-request.ts';
import { answerWhole, asItIs, type WholeDialect } from '../attempts/answer-whole.ts';
import { nameDropped } from '../attempts/name-dropped.ts';
import { openRequest } from '../attempts/open-request.ts';
import { type Performance, serveRequest } from '../attempts/serve-request.ts';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { choosePrivacyPolicy } from '../privacy/choose-policy.ts';
import { planRequest } from '../routing/plan-request.ts';
import { joinAnswers, splitInputs } from './batches.ts';

/** Embeddings from their body to their settlement; as a chat, but always in one piece. */
export async function embed(context: ProxyContext, exchange: Exchange): Promise<void> {
  const bytes = await readJsonBytes(exchange.request, context.config.requestBytesMax);
  const asked = checkBody(embeddingsRequest, parseJsonBody(bytes));
  const request = maskInput(context, exchange, asked);

  const plan = planRequest(context, exchange, 'embeddings', { model: request.model, chat: null });
  const texts = Array.isArray(request.input) ? request.input.length : 1;
  const models = plan.targets.map(({ candidate }) => candidate.model);
  const hold = await holdRequest(context, exchange, plan, boundEmbeddings(bytes.length, texts, models));
  const operation = 'embeddings';
  const open = openRequest(context, { exchange, operation, isStreamed: false, plan, hold, cache: 'bypass' });
  await serveRequest(context, open, performEmbeddings(context, exchange, request));
}

/** A vector says what its text said: what is personal goes out of it as out of a chat. Token ids cannot be looked into. */
function maskInput({ policies }: ProxyContext, exchange: Exchange, request: EmbeddingsRequest): EmbeddingsRequest {
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  if (privacy === null) return request;
  const { input } = request;
  const texts = typeof input === 'string' ? [input] : input.filter((one) => typeof one === 'string');
  if (texts.length === 0) throw new AppError('invalid_value', { param: 'input', message: maskedTokens });
  const { texts: masked } = maskTexts(texts, policies.get(privacy));
  return { ...request, input: typeof input === 'string' ? (masked[0] ?? '') : masked };
}

const maskedTokens = 'Token ids cannot be masked. Send texts.';

/** A batch that is longer than the provider takes goes out as several calls, whose answers are joined. */
function performEmbeddings(
  context: ProxyContext,
  { response }: Exchange,
  asked: EmbeddingsRequest,
): Performance<WholeDialect> {
  return {
    prepare({ embeddings }, address) {
      const translation = requireEmbeddings(embeddings);
      const parts = splitInputs(asked, translation.inputsMax);
      const requests = parts.map((part) => translation.toRequest(part, address));
      return {
        requests,
        droppedParams: nameDropped({ strict: asked.strict === true }, [], requests[0]?.droppedParams ?? []),
        readAnswers: (bodies) =>
          joinAnswers(bodies.map((body, index) => translation.fromResponse(body, parts[index] ?? asked))),
      };
    },
    perform: (attempt) => answerWhole(context, attempt, asItIs),
    resume: null,
    tell: (failure) => sendOpenAiError(response, failure),
  };
}

function requireEmbeddings(embeddings: EmbeddingsTranslation | null): EmbeddingsTranslation {
  if (embeddings !== null) return embeddings;
  throw new AppError('upstream_misconfigured', { internal: 'a model of embeddings at a provider that has none' });
}

/** A token is a byte of text at least, or a number that is written with a digit and a comma: the body bounds both. */
function boundEmbeddings(bodyBytes: number, texts: number, models: readonly SnapshotModel[]): RequestBounds {
  const contextLength = Math.max(...models.map((model) => model.contextLength));
  const inputTokensMax = Math.min(bodyBytes, contextLength * texts);
  return {
    inputTokensMax,
    outputTokensMax: 0,
    inputTokensEstimate: Math.min(Math.ceil(bodyBytes / 3), inputTokensMax),
    tokensLikely: Math.min(Math.ceil(bodyBytes / 4), inputTokensMax),
  };
}
