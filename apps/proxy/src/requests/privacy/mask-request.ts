import {
  contentModeOf,
  createVault,
  type MaskedChat,
  type MaskedTexts,
  type MaskingJob,
  type MaskingOutcome,
  maskChat,
  maskOne,
  maskTexts,
  type Vault,
} from '@aggregator/anonymisation';
import type { ChatCompletionRequest, PrivacyPolicy } from '@aggregator/contracts';
import type { NativeRequest } from '@aggregator/providers';
import { peerJsonBounds, scanJsonInTurns, writeJsonInTurns } from '@aggregator/service-kit';
import { type ChatSurfaceName, maskBody } from '@aggregator/surfaces';
import { changeNativeText } from '../../answers/native-request.ts';
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
 * A chat without what is personal in it; a large one is masked beside the event loop.
 * @throws {AppError} as the queue does.
 */
export async function maskChatOf(
  context: MaskingContext,
  caller: Caller,
  chat: ChatCompletionRequest,
  privacy: PrivacyPolicy,
): Promise<MaskedChat> {
  if (measureTexts(chat, directLengthMax) <= directLengthMax) return maskChat(chat, context.policies.get(privacy));
  const json = await writeJsonInTurns(chat, caller.place);
  const { json: masked, values } = await runJob(context, caller, { policy: privacy, kind: 'chat', json });
  const read = masked === null ? chat : ((await parse(masked, caller)) as ChatCompletionRequest);
  return { chat: read, vault: createVault(values, contentModeOf(chat)) };
}

/** As `maskChatOf`, for texts alone. */
export async function maskTextsOf(
  context: MaskingContext,
  caller: Caller,
  texts: readonly string[],
  privacy: PrivacyPolicy,
): Promise<MaskedTexts> {
  if (measureTexts(texts, directLengthMax) <= directLengthMax) return maskTexts(texts, context.policies.get(privacy));
  const json = await writeJsonInTurns({ texts }, caller.place);
  const { json: masked, values } = await runJob(context, caller, { policy: privacy, kind: 'texts', json });
  const read = masked === null ? texts : ((await parse(masked, caller)).texts as string[]);
  return { texts: [...read], vault: createVault(values, 'text') };
}

/**
 * As `maskChatOf`, for a request in the dialect of its client: the very same one if nothing was masked, null if it may not go
 * out as it came. `chat` is what it says in the words of a chat.
 */
export async function maskNativeOf(
  context: MaskingContext,
  caller: Caller,
  request: NativeRequest,
  { chat, surface }: { readonly chat: ChatCompletionRequest; readonly surface: ChatSurfaceName },
  privacy: PrivacyPolicy,
): Promise<{ readonly native: NativeRequest; readonly vault: Vault } | null> {
  const { text, body } = request;
  const mode = contentModeOf(chat);
  if (text.length <= directLengthMax) {
    const policy = context.policies.get(privacy);
    const { masked, vault } = maskOne(body, policy, mode, (masker) => maskBody(text, surface, masker));
    const native = masked === null ? null : changeNativeText(request, masked);
    return native === null ? null : { native, vault };
  }
  const { json, isLocked, values } = await runJob(context, caller, { policy: privacy, kind: { surface }, json: text });
  if (isLocked) return null;
  const native = json === null ? request : { headers: request.headers, text: json, body: await parse(json, caller) };
  return { native, vault: createVault(values, mode) };
}

function runJob(
  { masking }: MaskingContext,
  { principal, response, place }: Caller,
  job: MaskingJob,
): Promise<MaskingOutcome> {
  place.addMemory(copies * job.json.length);
  const { keyId, userId, orgId } = principal;
  return masking.run({ id: keyId ?? userId, orgId }, job, () => !response.destroyed);
}

async function parse(json: string, { place }: Caller): Promise<Record<string, unknown>> {
  const scanned = await scanJsonInTurns(Buffer.from(json), peerJsonBounds, place);
  return scanned.parse('forwarded');
}
