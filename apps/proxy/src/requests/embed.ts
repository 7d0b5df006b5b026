import {
  AppError,
  type EmbeddingsRequest,
  embeddingsFields,
  embeddingsRequest,
  type SnapshotModel,
} from '@aggregator/contracts';
import type { EmbeddingsTranslation } from '@aggregator/providers';
import { checkBody, sendOpenAiError } from '@aggregator/service-kit';
import type { Prompt } from '@aggregator/tokens';
import { answerWhole, asItIs, type WholeContext, type WholeDialect } from '../answers/answer-whole.ts';
import { nameDropped } from '../answers/name-dropped.ts';
import { giveTurn, mustGiveTurn } from '../attempts/give-turn.ts';
import { openRequest } from '../attempts/open-request.ts';
import { type Prepare, prepareFirst } from '../attempts/prepare-first.ts';
import { type Performance, serveRequest } from '../attempts/serve-request.ts';
import { textsOf, writeBodies } from '../attempts/write-bodies.ts';
import type { Exchange } from '../exchange.ts';
import { holdRequest } from '../money/hold-request.ts';
import type { BoundRequest, RequestBounds } from '../money/request-bounds.ts';
import { joinAnswers, splitInputs } from './batches.ts';
import { noteEndUser } from './note-end-user.ts';
import { noteTags } from './note-tags.ts';
import { planRequest } from './plan-request.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { leaveOut, listOthers } from './privacy/leave-out.ts';
import { type MaskingContext, maskTextsOf } from './privacy/mask-request.ts';
import { readRequest } from './read-request.ts';
import type { RequestContext } from './request-context.ts';

/** Embeddings from their body to their settlement; as a chat, but always in one piece. */
export async function embed(context: RequestContext & MaskingContext, exchange: Exchange): Promise<void> {
  const body = await readRequest(context, exchange);
  const asked = checkBody(embeddingsRequest, body);
  noteEndUser(exchange, asked);
  noteTags(exchange, asked);
  if (mustGiveTurn(exchange)) await giveTurn(exchange);
  const request = await maskInput(context, exchange, asked);

  const plan = planRequest(context, exchange, 'embeddings', { model: request.model, chat: null });
  const texts = Array.isArray(request.input) ? request.input.length : 1;
  const first = prepareFirst(context, exchange, plan, toEmbeddingsDialect(request), request);
  if (mustGiveTurn(exchange)) await writeBodies(exchange, first.bodies);
  const bodies = textsOf(first.bodies);
  const bound: BoundRequest = (sent, model) => boundEmbeddings(sent, texts, model);
  const hold = await holdRequest(context, exchange, plan, (model) => bound(bodies, model));
  const operation = 'embeddings';
  const open = openRequest(context.config, {
    ...{ exchange, operation, isStreamed: false, plan, hold, bound },
    ...{ readPrompt: () => toPrompt(request), cache: 'bypass' },
  });
  await serveRequest(context, open, performEmbeddings(context, exchange, first.prepare));
}

/** A vector says what its text said: what is personal goes out of it as out of a chat. Token ids cannot be looked into. */
async function maskInput(
  context: MaskingContext,
  exchange: Exchange,
  request: EmbeddingsRequest,
): Promise<EmbeddingsRequest> {
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  if (privacy === null) return request;
  const { input } = request;
  const texts = typeof input === 'string' ? [input] : input.filter((one) => typeof one === 'string');
  if (texts.length === 0) throw new AppError('invalid_value', { param: 'input', message: maskedTokens });
  const others = listOthers(request, embeddingsFields);
  const all = [...texts, ...others.map(({ text }) => text)];
  const { texts: masked } = await maskTextsOf(context, exchange, all, privacy);
  const inputs = masked.slice(0, texts.length);
  const kept = leaveOut(request, others, masked.slice(texts.length));
  return { ...kept, input: typeof input === 'string' ? (inputs[0] ?? '') : inputs };
}

/** A list of numbers is a text as its tokens. */
function toPrompt({ input }: EmbeddingsRequest): Prompt {
  const inputs = Array.isArray(input) ? input : [input];
  let tokens = 0;
  for (const one of inputs) tokens += typeof one === 'string' ? 0 : Array.isArray(one) ? one.length : 1;
  return { texts: inputs.filter((one) => typeof one === 'string'), messages: 0, tools: [], pictures: [], tokens };
}

const maskedTokens = 'Token ids cannot be masked. Send texts.';

/** A batch that is longer than the provider takes goes out as several calls, whose answers are joined. */
function toEmbeddingsDialect(asked: EmbeddingsRequest): Prepare<WholeDialect> {
  return ({ embeddings }, address) => {
    const translation = requireEmbeddings(embeddings);
    const parts = splitInputs(asked, translation.inputsMax);
    const requests = parts.map((part) => translation.toRequest(part, address));
    return {
      requests,
      droppedParams: nameDropped({ strict: asked.strict === true }, [], requests[0]?.droppedParams ?? []),
      readAnswers: (bodies) =>
        joinAnswers(bodies.map((body, index) => translation.fromResponse(body, parts[index] ?? asked))),
    };
  };
}

function performEmbeddings(
  context: WholeContext,
  { response }: Exchange,
  prepare: Prepare<WholeDialect>,
): Performance<WholeDialect> {
  return {
    prepare,
    perform: (attempt) => answerWhole(context, attempt, asItIs),
    resume: null,
    sendFailure: (failure) => sendOpenAiError(response, failure),
  };
}

function requireEmbeddings(embeddings: EmbeddingsTranslation | null): EmbeddingsTranslation {
  if (embeddings !== null) return embeddings;
  throw new AppError('upstream_misconfigured', { internal: 'a model of embeddings at a provider that has none' });
}

/** A token is a byte of text at least, or a number that is written with a digit and a comma: the bodies bound both. */
function boundEmbeddings(
  bodies: readonly string[],
  texts: number,
  { contextLength }: Pick<SnapshotModel, 'contextLength'>,
): RequestBounds {
  const bodyBytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  const inputTokensMax = Math.min(bodyBytes, contextLength * texts);
  return {
    inputTokensMax,
    outputTokensMax: 0,
    inputTokensEstimate: Math.min(Math.ceil(bodyBytes / 3), inputTokensMax),
    tokensLikely: Math.min(Math.ceil(bodyBytes / 4), inputTokensMax),
    requests: bodies.length,
  };
}
