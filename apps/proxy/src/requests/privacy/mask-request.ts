import {
  type MaskableBody,
  type MaskedChat,
  type MaskedTexts,
  maskChat,
  maskTexts,
  planChat,
  planTexts,
} from '@aggregator/anonymisation';
import type { ChatCompletionRequest, PrivacyPolicy } from '@aggregator/contracts';
import type { Exchange } from '../../exchange.ts';
import type { ProxyContext } from '../../proxy-context.ts';
import { measureTexts } from '../measure-texts.ts';

/** Parts that mask texts. */
export type MaskingContext = Pick<ProxyContext, 'policies' | 'masking'>;
type Caller = Pick<Exchange, 'principal' | 'response' | 'place'>;

/** Texts up to this are masked at once: it takes less than to send them to another process. UTF-16 units. */
const directLengthMax = 64 * 1024;
/** Copies of the texts on their way to the process and back. */
const copies = 2;

/**
 * A chat, and the body that it was made of, without what is personal in them; a large one is masked beside the event loop.
 * @throws {AppError} as the queue does.
 */
export async function maskChatOf(
  context: MaskingContext,
  caller: Caller,
  chat: ChatCompletionRequest,
  privacy: PrivacyPolicy,
  body: MaskableBody | null,
): Promise<MaskedChat> {
  // A body holds the texts of its chat once more.
  const lengthMax = body === null ? directLengthMax : copies * directLengthMax;
  if (measureTexts([chat, body?.fields], lengthMax) <= lengthMax)
    return maskChat(chat, context.policies.get(privacy), body);
  return runPlan(context, caller, planChat(chat, privacy, body));
}

/** As `maskChatOf`, for texts alone. */
export async function maskTextsOf(
  context: MaskingContext,
  caller: Caller,
  texts: readonly string[],
  privacy: PrivacyPolicy,
): Promise<MaskedTexts> {
  if (measureTexts(texts, directLengthMax) <= directLengthMax) return maskTexts(texts, context.policies.get(privacy));
  return runPlan(context, caller, planTexts(texts, privacy));
}

async function runPlan<Masked>(
  { masking }: MaskingContext,
  { principal, response, place }: Caller,
  {
    job,
    finish,
  }: Pick<ReturnType<typeof planTexts>, 'job'> & {
    finish(outcome: Awaited<ReturnType<ProxyContext['masking']['run']>>): Masked;
  },
): Promise<Masked> {
  place.addMemory(copies * measureTexts(job.tasks));
  const { keyId, userId } = principal;
  return finish(await masking.run(keyId ?? userId, job, () => !response.destroyed));
}
