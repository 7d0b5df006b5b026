import { AppError, type ImagesRequest, imagesFields, imagesRequest } from '@aggregator/contracts';
import type { ImagesTranslation } from '@aggregator/providers';
import { checkBody, sendOpenAiError } from '@aggregator/service-kit';
import { answerWhole, asItIs, type WholeContext, type WholeDialect } from '../answers/answer-whole.ts';
import { nameDropped } from '../answers/name-dropped.ts';
import { mustGiveTurn } from '../attempts/give-turn.ts';
import { openRequest } from '../attempts/open-request.ts';
import { type Prepare, prepareFirst } from '../attempts/prepare-first.ts';
import { type Performance, serveRequest } from '../attempts/serve-request.ts';
import { textsOf, writeBodies } from '../attempts/write-bodies.ts';
import type { Exchange } from '../exchange.ts';
import { holdRequest } from '../money/hold-request.ts';
import { classifyPicture, isPictureOpen } from '../money/picture-class.ts';
import type { BoundRequest, RequestBounds } from '../money/request-bounds.ts';
import { noteEndUser } from './note-end-user.ts';
import { noteTags } from './note-tags.ts';
import { estimatePictureTokens } from './picture-tokens.ts';
import { planRequest } from './plan-request.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { leaveOut, listOthers } from './privacy/leave-out.ts';
import { type MaskingContext, maskTextsOf } from './privacy/mask-request.ts';
import { readRequest } from './read-request.ts';
import type { RequestContext } from './request-context.ts';

type ImagesContext = RequestContext & MaskingContext;

/** The dearest picture among today's models in tokens (gpt-image-1, high quality, 1024 × 1536: 6240), rounded up. */
const imageTokensMax = 8192;

/** Pictures from their prompt to their settlement; as a chat, but always in one piece. */
export async function generateImages(context: ImagesContext, exchange: Exchange): Promise<void> {
  const body = await readRequest(context, exchange);
  const asked = checkBody(imagesRequest, body);
  noteEndUser(exchange, asked);
  noteTags(exchange, asked);
  const request = await maskPrompt(context, exchange, asked);

  const plan = planRequest(context, exchange, 'images.generations', { model: request.model, chat: null });
  const first = prepareFirst(context, exchange, plan, toImagesDialect(request), request);
  if (mustGiveTurn(exchange)) await writeBodies(exchange, first.bodies);
  const bodies = textsOf(first.bodies);
  const bound: BoundRequest = (sent) => boundImages(sent, request);
  const hold = await holdRequest(context, exchange, plan, (model) => bound(bodies, model));
  const operation = 'images.generations';
  const readPrompt = () => ({ texts: [request.prompt], messages: 0, tools: [], pictures: [] });
  const open = openRequest(context.config, {
    ...{ exchange, operation, isStreamed: false, plan, hold, bound, readPrompt },
    cache: 'bypass',
  });
  await serveRequest(context, open, performImages(context, exchange, first.prepare));
}

/** What is personal in a prompt does not go out; a picture has nothing to put back into. */
async function maskPrompt(context: MaskingContext, exchange: Exchange, request: ImagesRequest): Promise<ImagesRequest> {
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  if (privacy === null) return request;
  const others = listOthers(request, imagesFields);
  const all = [request.prompt, ...others.map(({ text }) => text)];
  const { texts } = await maskTextsOf(context, exchange, all, privacy);
  const [prompt = request.prompt, ...masked] = texts;
  return { ...leaveOut(request, others, masked), prompt };
}

function toImagesDialect(asked: ImagesRequest): Prepare<WholeDialect> {
  return ({ images }, address) => {
    const translation = requireImages(images);
    const request = translation.toRequest(asked, address);
    return {
      requests: [request],
      droppedParams: nameDropped(asked, [], request.droppedParams),
      readAnswers: ([body = '']) => translation.fromResponse(body, asked),
    };
  };
}

function performImages(
  context: WholeContext,
  { response }: Exchange,
  prepare: Prepare<WholeDialect>,
): Performance<WholeDialect> {
  const created = Math.floor(context.now() / 1000);
  return {
    prepare,
    perform: (attempt) => answerWhole(context, attempt, { ...asItIs, present: (answer) => ({ created, ...answer }) }),
    resume: null,
    sendFailure: (failure) => sendOpenAiError(response, failure),
  };
}

function requireImages(images: ImagesTranslation | null): ImagesTranslation {
  if (images !== null) return images;
  throw new AppError('upstream_misconfigured', { internal: 'a model of images at a provider that makes none' });
}

/** A model that is priced by the picture is held by their number, any other by their tokens. */
function boundImages(bodies: readonly string[], request: ImagesRequest): RequestBounds {
  const bodyBytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  const imagesMax = request.n ?? 1;
  const outputTokensEstimate = imagesMax * estimatePictureTokens(request);
  const inputTokensEstimate = Math.ceil(bodyBytes / 3);
  return {
    inputTokensMax: bodyBytes,
    outputTokensMax: imagesMax * imageTokensMax,
    imagesMax,
    pictureClass: classifyPicture(request),
    isPictureOpen: isPictureOpen(request),
    outputTokensEstimate,
    inputTokensEstimate,
    tokensLikely: inputTokensEstimate + outputTokensEstimate,
    requests: bodies.length,
  };
}
