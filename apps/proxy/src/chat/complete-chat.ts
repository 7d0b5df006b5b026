import { randomBytes } from 'node:crypto';
import { parseJsonBody, readJsonBytes } from '@aggregator/service-kit';
import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import { cancelHold, holdRequest } from '../admission/hold-request.ts';
import { type OpenRequest, openRequest } from '../attempts/open-request.ts';
import { serveRequest } from '../attempts/serve-request.ts';
import { toCacheKey } from '../cache/cache-key.ts';
import { mayUseCache } from '../cache/may-use-cache.ts';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { recallItems } from '../items/recall-items.ts';
import { planRequest } from '../routing/plan-request.ts';
import { answerFromCache } from './answer-from-cache.ts';
import { boundChat } from './bound-chat.ts';
import type { ChatJob } from './chat-job.ts';
import { inspectContent } from './inspect-content.ts';
import { performChatStream } from './perform-chat-stream.ts';
import { performWholeChat } from './perform-whole-chat.ts';
import { type PreparedChat, prepareChat } from './prepare-chat.ts';

/**
 * A chat from its body to its settlement, whatever surface it came in by. What throws before the first intent was refused:
 * no provider saw it and nothing stays held. From the intent on it is answered, and settled once, whatever happens.
 */
export async function completeChat(context: ProxyContext, exchange: Exchange, surface: ChatSurface): Promise<void> {
  const bytes = await readJsonBytes(exchange.request, context.config.requestBytesMax);
  const body = await recallItems(context.conversations, exchange.principal, surface, parseJsonBody(bytes));
  const asked = withAnswerId(surface, exchange, surface.toChat(body));
  const content = inspectContent(asked.chat);
  const prepared = await prepareChat(context, exchange, asked.chat);

  const plan = planRequest(context, exchange, 'chat.completions', { model: asked.chat.model, chat: asked.chat });
  const use = mayUseCache(exchange.request.headers, prepared.chat, context.config.cachePolicy);
  const models = plan.targets.map(({ candidate }) => candidate.model);
  const hold = await holdRequest(context, exchange, plan, boundChat(asked.chat, bytes.length, content, models));
  const isStreamed = asked.chat.stream === true;
  const open = openRequest(context, {
    ...{ exchange, operation: 'chat.completions', isStreamed, plan, hold },
    cache: use === 'use' ? 'miss' : 'bypass',
  });
  const cacheKey = use === 'bypass' ? null : keyOf(open, prepared);
  const { chat, vault } = prepared;
  const keepsItems = vault === null && surface.references?.wants(body) === true;
  const job: ChatJob = { open, surface, asked, chat, vault, cacheKey, keepsItems };
  if (use === 'use' && (await answerAgain(context, job))) return;
  if (isStreamed) await serveRequest(context, open, performChatStream(context, job));
  else await serveRequest(context, open, performWholeChat(context, job));
}

/** The items of an answer are found again by their ids, so no other request can have or guess them: 128 random bits. */
function withAnswerId(surface: ChatSurface, { requestId }: Exchange, asked: SurfaceRequest): SurfaceRequest {
  if (surface.references === undefined) return asked;
  return { ...asked, answerId: `${requestId.replaceAll('-', '')}${randomBytes(16).toString('hex')}` };
}

/** Whether there was an answer to give again. */
async function answerAgain(context: ProxyContext, job: ChatJob): Promise<boolean> {
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

/** Of who would serve it now: an answer of another provider is another answer. */
function keyOf({ exchange, plan }: OpenRequest, { chat, privacy, vault }: PreparedChat): string | null {
  const [target] = plan.targets;
  if (target === undefined) return null;
  const { provider, model } = target.candidate;
  return toCacheKey({
    orgId: exchange.principal.orgId,
    ...{ provider: provider.name, model: model.id, operation: 'chat.completions', request: chat },
    privacy: vault === null ? null : privacy,
  });
}
