import { randomBytes } from 'node:crypto';
import { AppError, isRecord, type Principal } from '@aggregator/contracts';
import type { NativeRequest } from '@aggregator/providers';
import type { RoutePlan, Target } from '@aggregator/routing';
import { writeJsonInTurns } from '@aggregator/service-kit';
import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import { answerFromCache, type CacheHitContext } from '../answers/answer-from-cache.ts';
import type { ChatJob, ChatWords } from '../answers/chat-job.ts';
import { findNativeLane, nameDialect, nameDialectHeaders, toNativeRequest } from '../answers/native-request.ts';
import { type ChatStreamContext, performChatStream } from '../answers/perform-chat-stream.ts';
import { performWholeChat, toWholeDialect, type WholeChatContext } from '../answers/perform-whole-chat.ts';
import { toStreamDialect } from '../answers/stream-dialect.ts';
import { toPrompt } from '../answers/to-prompt.ts';
import { giveTurn, mustGiveTurn } from '../attempts/give-turn.ts';
import { type OpenRequest, openRequest } from '../attempts/open-request.ts';
import { type Prepare, prepareFirst, type Translation } from '../attempts/prepare-first.ts';
import { type Performance, serveRequest } from '../attempts/serve-request.ts';
import { textsOf, writeBodies } from '../attempts/write-bodies.ts';
import type { Exchange } from '../exchange.ts';
import { cancelHold, holdRequest } from '../money/hold-request.ts';
import type { BoundRequest } from '../money/request-bounds.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { type CacheSubject, toCacheKey, toCacheKeyInTurns } from '../remembered/answers/cache-key.ts';
import { chooseCacheMarks } from '../remembered/answers/choose-cache-marks.ts';
import { mayUseCache } from '../remembered/answers/may-use-cache.ts';
import { recallItems } from '../remembered/items/recall-items.ts';
import { type FollowedBody, followStored } from '../remembered/responses/follow-stored.ts';
import { BackgroundRun } from './background-run.ts';
import { boundChat } from './bound-chat.ts';
import { type ContentSummary, inspectContent } from './inspect-content.ts';
import { judgeParts } from './judge-addresses.ts';
import { measureTexts } from './measure-texts.ts';
import { noteEndUser } from './note-end-user.ts';
import { noteFingerprint } from './note-fingerprint.ts';
import { noteTags } from './note-tags.ts';
import { planRequest } from './plan-request.ts';
import { type PrepareContext, type PreparedChat, prepareChat } from './prepare-chat.ts';
import { readRequestBytes, toMemory } from './read-request.ts';
import type { RequestContext } from './request-context.ts';
import { toChat } from './to-chat.ts';

type AnswerContext = ChatStreamContext & WholeChatContext & CacheHitContext;
type ChatContext = RequestContext &
  PrepareContext &
  AnswerContext &
  Pick<ProxyContext, 'backgroundRuns' | 'fingerprintKey'>;

/**
 * A chat from its body to its settlement, for every surface. What throws before the first intent was refused:
 * no provider saw it and nothing stays held. From the intent on it is answered, and settled once, in every case.
 */
export async function completeChat(context: ChatContext, exchange: Exchange, surface: ChatSurface): Promise<void> {
  const { bytes, value: arrived } = await readRequestBytes(context, exchange);
  const { principal } = exchange;
  const cacheMarks = chooseCacheMarks(principal, exchange.request.headers);
  const followed =
    surface.references === undefined ? toUnfollowed(arrived) : await follow(context, exchange, surface, arrived);
  const { body } = followed;
  // Items that were kept may be much longer than the references to them.
  if (body !== arrived) exchange.place.requireMemory(toMemory(measureTexts(body)));
  const made = toChat(surface, exchange, body);
  const translated = withAnswerId(surface, exchange, made instanceof Promise ? await made : made);
  noteEndUser(exchange, translated.chat);
  noteTags(exchange, arrived);
  if (context.fingerprintKey !== null) noteFingerprint(context.fingerprintKey, exchange, bytes);
  if (mustGiveTurn(exchange)) await giveTurn(exchange);
  const content = inspectAsked(translated, arrived);
  const plan = planRequest(context, exchange, 'chat.completions', {
    model: translated.chat.model,
    chat: translated.chat,
  });
  const given = { bytes: body === arrived ? bytes : null, body: isRecord(body) ? body : arrived };
  const untouched = toNativeRequest(surface, given, translated, exchange);
  // The bytes of a request that no target takes as it came are not kept.
  const hasLane = untouched !== null && hasNativeLane(surface, untouched, plan);
  if (hasLane && mustGiveTurn(exchange)) {
    await untouched.writeText((fields) => writeJsonInTurns(fields, exchange.place));
  }
  const preparing = prepareChat(context, exchange, surface, translated.chat, hasLane ? untouched : null);
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  const { native } = prepared;
  if (mustGiveTurn(exchange)) await giveTurn(exchange);

  const keepsItems = prepared.vault === null && mayKeep(context, principal, surface, body);
  const asked = withKeeping(surface, translated, arrived, keepsItems);
  const input = keepsItems ? (surface.references?.listInput(body, asked.answerId ?? '') ?? null) : null;
  if (asked.refusal !== null && native === null) throw asked.refusal;
  const droppedHeaders = nameDialectHeaders(exchange);
  const isBackground = surface.references?.isBackground(arrived) === true;
  if (input === null) refuseUnkept(isBackground, followed);
  const conversation =
    followed.conversation === null || input === null
      ? null
      : { id: followed.conversation.id, items: input.slice(followed.conversation.earlier) };
  const words = {
    surface,
    asked,
    cacheMarks,
    droppedHeaders,
    ...prepared,
    plan,
    content,
    keepsItems,
    input,
    conversation,
  };
  const createdAt = toSeconds(context.now());
  const serve = (served: Exchange, begin: () => void): Promise<void> => {
    const planned: PlannedChat = { ...words, begin };
    return asked.chat.stream === true
      ? serveChat(context, served, planned, toStreamDialect(words, createdAt), performChatStream)
      : serveChat(context, served, planned, toWholeDialect(words), performWholeChat);
  };
  if (!isBackground || surface.references === undefined || input === null) return serve(exchange, () => undefined);
  const head = { requestId: exchange.requestId, createdAt };
  const unfinished = { response: surface.references.toUnfinished(asked, head, 'in_progress'), input };
  const { backgroundRuns: runs, responses } = context;
  const isStreamed = asked.chat.stream === true;
  await BackgroundRun.run({ responses, runs, exchange, isStreamed, unfinished }, serve);
}

/** What is read by an id later must be stored. */
function refuseUnkept(isBackground: boolean, { conversation }: FollowedBody): void {
  const param = isBackground ? 'background' : conversation === null ? null : 'conversation';
  if (param === null) return;
  const message = `'${param}' needs a response that is stored. It is not if storing is off or 'store' is false, if values are masked, and if the request is too long.`;
  throw new AppError('unsupported_parameter', { param, message });
}

/** A body that refers to nothing that is stored. */
function toUnfollowed(body: unknown): FollowedBody {
  return { body, conversation: null };
}

/** Returns a body with everything in it that it refers to, as far as it is stored here. */
async function follow(
  context: ChatContext,
  { principal }: Pick<Exchange, 'principal'>,
  surface: ChatSurface,
  arrived: unknown,
): Promise<FollowedBody> {
  const followed = await followStored(context, principal, surface, arrived);
  const { conversations, config } = context;
  const body = await recallItems(conversations, principal, surface, followed.body, config.requestBytesMax);
  return { body, conversation: followed.conversation };
}

/** UTF-16 units of a request whose answer is stored; the answer may be as long again. */
const storedCharactersMax = 256 * 1024;

/** A chat that may go out, with what decides about its hold, its cache and its answer. */
interface PlannedChat extends ChatWords, PreparedChat {
  readonly plan: RoutePlan;
  readonly content: ContentSummary;
  readonly keepsItems: boolean;
  readonly input: readonly unknown[] | null;
  readonly conversation: ChatJob['conversation'];
  /** Called when the request has its hold. */
  readonly begin: () => void;
}

/** Translates the chat for its first target, holds what that may cost, and serves it: from the cache or by a provider. */
async function serveChat<Dialect extends Translation>(
  context: ChatContext,
  exchange: Exchange,
  planned: PlannedChat,
  translate: Prepare<Dialect>,
  perform: (context: AnswerContext, job: ChatJob, prepare: Prepare<Dialect>) => Performance<Dialect>,
): Promise<void> {
  const { content, plan, readChat } = planned;
  const { chat } = planned.asked;
  const { bodies, hostedTools, prepare } = prepareFirst(context, exchange, plan, translate, chat);
  if (mustGiveTurn(exchange)) await writeBodies(exchange, bodies);
  const bound: BoundRequest = (sent, model, tools) => boundChat(chat, content, sent, model, tools);
  const first = textsOf(bodies);
  const hold = await holdRequest(context, exchange, plan, (model) => bound(first, model, hostedTools));
  // What a search finds, or code does, is another thing tomorrow.
  const isSearched = hostedTools !== null;
  const use = isSearched ? 'bypass' : mayUseCache(exchange.request.headers, chat, context.config.cachePolicy);
  const open = openRequest(context.config, {
    ...{ exchange, operation: 'chat.completions', isStreamed: chat.stream === true, plan, hold, bound },
    readPrompt: () => toPrompt(readChat()),
    cache: use === 'use' ? 'miss' : 'bypass',
  });
  planned.begin();
  const cached = use === 'bypass' ? null : toCacheSubject(open, planned);
  const cacheKey = cached === null ? null : await keyOf(exchange, cached);
  const job: ChatJob = { ...planned, open, cacheKey };
  if (use === 'use' && (await answerAgain(context, job))) return;
  await serveRequest(context, open, perform(context, job, prepare));
}

function findLaneAt(
  surface: ChatSurface,
  native: NativeRequest | null,
  { candidate: { adapter, provider, model } }: Target,
) {
  return findNativeLane(surface, native, adapter, {
    model: model.id,
    options: provider.options,
  });
}

/** True if any target of the plan takes the request as it came. */
function hasNativeLane(surface: ChatSurface, native: NativeRequest | null, { targets }: RoutePlan): boolean {
  return targets.some((target) => findLaneAt(surface, native, target) !== null);
}

/** Parts whose size only their provider knows: what its tools add to the prompt, and files that it keeps. Searches have a bound. */
const openEnded =
  /^(?:container|input|mcp_servers|tools(?!\.(?:allowed_callers|defer_loading|eager_input_streaming|input_examples|(?:code_execution|code_interpreter|file_search|image_generation|shell|web_search(?:_preview)?)(?:_[\d_]+)?)$))/;

/** Parts that cannot be translated have a size that only their provider knows, and may hold addresses. */
function inspectAsked(asked: SurfaceRequest, body: Readonly<Record<string, unknown>>): ContentSummary {
  const { chat, droppedParams, refusal } = asked;
  const content = inspectContent(chat);
  if (refusal === null && !droppedParams.some((name) => openEnded.test(name))) return content;
  for (const name of ['messages', 'input', 'mcp_servers', 'tools']) judgeParts(body[name], name);
  return { ...content, hasOpaqueParts: true };
}

function toSeconds(unixMs: number): number {
  return Math.floor(unixMs / 1000);
}

/** The items of an answer are found again by their ids, so no other request can have or guess them: 128 random bits. */
function withAnswerId(surface: ChatSurface, { requestId }: Exchange, asked: SurfaceRequest): SurfaceRequest {
  if (surface.references === undefined) return asked;
  return { ...asked, answerId: `${requestId.replaceAll('-', '')}${randomBytes(16).toString('hex')}` };
}

/** A body whose answer, with all that it was made from, may be stored. */
function mayKeep(
  { responses }: Pick<ChatContext, 'responses'>,
  principal: Principal,
  { references }: ChatSurface,
  body: unknown,
): boolean {
  if (references === undefined || responses.isOff(principal) || !references.wants(body)) return false;
  return measureTexts(body, storedCharactersMax) <= storedCharactersMax;
}

/** Returns the request with the decision to store its answer. `store` is a dropped field if the answer is not stored. */
function withKeeping(
  { references }: ChatSurface,
  asked: SurfaceRequest,
  body: Readonly<Record<string, unknown>>,
  isKept: boolean,
): SurfaceRequest {
  if (references === undefined) return asked;
  const isMissed = body.store === true && !isKept;
  const repeated = references.repeated(body, { ...asked, isKept });
  return { ...asked, isKept, repeated, ...(isMissed && { droppedParams: [...asked.droppedParams, 'store'] }) };
}

/** True if there was an answer to give again. */
async function answerAgain(context: AnswerContext, job: ChatJob): Promise<boolean> {
  const { cacheKey, open } = job;
  const stored = cacheKey === null ? null : await context.answers.read(cacheKey);
  if (stored === null) return false;
  try {
    answerFromCache(context, job, stored);
  } catch (error) {
    cancelHold(context, open.exchange, open.hold);
    throw error;
  }
  return true;
}

function keyOf(exchange: Exchange, subject: CacheSubject): string | Promise<string> {
  return mustGiveTurn(exchange) ? toCacheKeyInTurns(subject, exchange.place.takeTurn) : toCacheKey(subject);
}

/** Of who would serve it now: an answer of another provider is another answer. */
function toCacheSubject({ exchange, plan }: OpenRequest, planned: PlannedChat): CacheSubject | null {
  const { native, privacy, readChat, surface, vault } = planned;
  const [target] = plan.targets;
  if (target === undefined) return null;
  const { provider, model } = target.candidate;
  const isNative = findLaneAt(surface, native, target) !== null;
  return {
    orgId: exchange.principal.orgId,
    ...{ provider: provider.name, model: model.id, operation: 'chat.completions' as const },
    // What goes out as it came may hold more than the chat says.
    request: isNative && native !== null ? { ...native.body, [surface.name]: nameDialect(native) } : readChat(),
    privacy: vault === null ? null : privacy,
  };
}
