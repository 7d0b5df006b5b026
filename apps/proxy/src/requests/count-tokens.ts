import { AppError } from '@aggregator/contracts';
import { JsonBody, nameForVendor, type TranslatedRequest } from '@aggregator/providers';
import type { Target } from '@aggregator/routing';
import { toCountTokensChat } from '@aggregator/surfaces';
import { sendJson } from '../answers/send-json.ts';
import { giveTurn, mustGiveTurn, takeSteps } from '../attempts/give-turn.ts';
import { readRefusal } from '../attempts/read-refusal.ts';
import { toAddress } from '../attempts/to-address.ts';
import { textsOf, writeBodies } from '../attempts/write-bodies.ts';
import type { Exchange } from '../exchange.ts';
import { cancelHold, type HoldContext, holdRequest } from '../money/hold-request.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { AnswerCollector, isSuccessStatus } from '../upstream/collect-answer.ts';
import { boundChat } from './bound-chat.ts';
import { inspectContent } from './inspect-content.ts';
import { type PlanContext, planRequest } from './plan-request.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { type MaskingContext, maskChatOf } from './privacy/mask-request.ts';
import { type ReadContext, readRequest } from './read-request.ts';

type CountContext = ReadContext &
  PlanContext &
  HoldContext &
  MaskingContext &
  Pick<ProxyContext, 'credentials' | 'pools'>;

const deadlineMs = 10_000;
const nothing = { inputTokensMax: 0, outputTokensMax: 0, inputTokensEstimate: 0, tokensLikely: 0, requests: 0 };

/**
 * Returns the tokens of a conversation: by the provider's own count if it has one, else by length, and then the
 * answer says so in `x-aggregator-estimated`. Costs nothing; counts as a request against the caller's limits.
 */
export async function countTokens(context: CountContext, exchange: Exchange): Promise<void> {
  const body = await readRequest(context, exchange);
  const { chat: asked, refusal } = await takeSteps(exchange, toCountTokensChat(body));
  if (refusal !== null) throw refusal;
  if (mustGiveTurn(exchange)) await giveTurn(exchange);
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  const chat = privacy === null ? asked : (await maskChatOf(context, exchange, asked, privacy)).chat;
  const content = inspectContent(chat);
  const plan = planRequest(context, exchange, 'chat.completions', { model: chat.model, chat });
  const [target] = plan.targets;
  if (target === undefined) throw new AppError('model_not_found', { param: 'model' });
  const hold = await holdRequest(context, exchange, plan, () => nothing);
  try {
    const { adapter } = target.candidate;
    const { tokenCount } = adapter;
    if (tokenCount === null) {
      const counted = [new JsonBody(chat)];
      if (mustGiveTurn(exchange)) await writeBodies(exchange, counted);
      const { inputTokensEstimate } = boundChat(chat, content, textsOf(counted), target.candidate.model);
      exchange.response.setHeader('x-aggregator-estimated', 'true');
      sendJson(exchange.response, { input_tokens: inputTokensEstimate });
      return;
    }
    const address = toAddress(context, `${exchange.requestId}/1`, target);
    const request = tokenCount.toRequest(nameForVendor(adapter, chat).chat, address);
    if (mustGiveTurn(exchange)) await writeBodies(exchange, [request]);
    const answer = await ask(context, exchange.principal.orgId, target, request);
    sendJson(exchange.response, { input_tokens: tokenCount.fromResponse(answer) });
  } finally {
    cancelHold(context, exchange, hold);
  }
}

async function ask(
  { pools }: Pick<CountContext, 'pools'>,
  orgId: string,
  { candidate }: Target,
  { endpoint, body }: TranslatedRequest,
): Promise<string> {
  const { adapter, provider } = candidate;
  const limits = { deadlineMs: performance.now() + deadlineMs, firstLifeMs: deadlineMs, idleMs: deadlineMs };
  const collector = new AnswerCollector();
  callProvider(pools.take(provider, orgId), endpoint, body, limits, collector);
  const answer = await collector.answer;
  if (isSuccessStatus(answer.status)) return answer.body;
  throw readRefusal(adapter, answer);
}
