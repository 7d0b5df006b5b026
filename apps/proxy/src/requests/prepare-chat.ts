import type { Vault } from '@aggregator/anonymisation';
import type { ChatCompletionRequest, PrivacyPolicy } from '@aggregator/contracts';
import type { NativeRequest } from '@aggregator/providers';
import { maskNativeRequest, toMaskable } from '../answers/native-request.ts';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { lacksReasoning, recallReasoning } from '../remembered/reasoning/recall-reasoning.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { type MaskingContext, maskChatOf } from './privacy/mask-request.ts';

/** Parts that prepare a chat. */
export type PrepareContext = MaskingContext & Pick<ProxyContext, 'conversations'>;

/** A longer body is masked as its chat alone: to mask both takes more than about 20 ms of one turn. UTF-16 units. */
const nativeMaskingLengthMax = 512 * 1024;

export interface PreparedChat {
  readonly chat: ChatCompletionRequest;
  /** The request as it came, without what is personal in it; null if it may only go out translated. */
  readonly native: NativeRequest | null;
  readonly vault: Vault | null;
  readonly privacy: PrivacyPolicy | null;
}

/**
 * A chat as it may go out: without what is personal in it, if its key or its caller wants that, and with the thoughts behind
 * calls of tools that the client has dropped. Those were kept as the provider said them, so they hold nothing personal.
 * The answer is there at once for a chat that needs neither: most need neither.
 */
export function prepareChat(
  context: PrepareContext,
  exchange: Exchange,
  asked: ChatCompletionRequest,
  arrived: NativeRequest | null,
): PreparedChat | Promise<PreparedChat> {
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  if (privacy === null && !lacksReasoning(asked)) return { chat: asked, native: arrived, vault: null, privacy };
  return changeChat(context, exchange, asked, arrived, privacy);
}

async function changeChat(
  context: PrepareContext,
  exchange: Exchange,
  asked: ChatCompletionRequest,
  arrived: NativeRequest | null,
  privacy: PrivacyPolicy | null,
): Promise<PreparedChat> {
  const isMaskedAlone = privacy !== null && arrived !== null && arrived.text.length > nativeMaskingLengthMax;
  const untouched = isMaskedAlone ? null : arrived;
  const masked = privacy === null ? null : await maskChatOf(context, exchange, asked, privacy, toMaskable(untouched));
  const native = untouched === null || masked === null ? untouched : maskNativeRequest(untouched, masked.body);
  const chat = masked?.chat ?? asked;
  const vault = masked === null || masked.vault.isEmpty ? null : masked.vault;
  if (!lacksReasoning(chat)) return { chat, native, vault, privacy };
  return {
    chat: await recallReasoning(context.conversations, exchange.principal, asked.messages, chat),
    native,
    vault,
    privacy,
  };
}
