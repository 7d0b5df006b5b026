import type { Vault } from '@aggregator/anonymisation';
import type { ChatCompletionRequest, PrivacyPolicy } from '@aggregator/contracts';
import type { NativeRequest } from '@aggregator/providers';
import type { ChatSurface } from '@aggregator/surfaces';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { lacksReasoning, recallReasoning } from '../remembered/reasoning/recall-reasoning.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { type MaskingContext, maskChatOf, maskNativeOf } from './privacy/mask-request.ts';
import { toChat } from './to-chat.ts';

/** Parts that prepare a chat. */
export type PrepareContext = MaskingContext & Pick<ProxyContext, 'conversations'>;

export interface PreparedChat {
  /** Returns the chat as it goes out translated. It is made when it is first read, because a native lane may need none. */
  readonly readChat: () => ChatCompletionRequest;
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
  surface: ChatSurface,
  asked: ChatCompletionRequest,
  arrived: NativeRequest | null,
): PreparedChat | Promise<PreparedChat> {
  const privacy = choosePrivacyPolicy(exchange.principal, exchange.request.headers);
  if (privacy === null && !lacksReasoning(asked))
    return { readChat: () => asked, native: arrived, vault: null, privacy };
  return changeChat(context, exchange, surface, asked, arrived, privacy);
}

async function changeChat(
  context: PrepareContext,
  exchange: Exchange,
  surface: ChatSurface,
  asked: ChatCompletionRequest,
  arrived: NativeRequest | null,
  privacy: PrivacyPolicy | null,
): Promise<PreparedChat> {
  const { principal } = exchange;
  const prepared =
    privacy === null
      ? { readChat: () => asked, native: arrived, vault: null, privacy }
      : await maskPrepared(context, exchange, surface, asked, arrived, privacy);
  // Personal thoughts are left out of a chat that is masked alone.
  if (!lacksReasoning(prepared.native === null ? prepared.readChat() : asked)) return prepared;
  const chat = await recallReasoning(context.conversations, principal, asked.messages, prepared.readChat());
  return { ...prepared, readChat: () => chat };
}

/** One form is masked: the request as it came, of which the chat is made, or the chat alone if that may not go out. */
async function maskPrepared(
  context: PrepareContext,
  exchange: Exchange,
  surface: ChatSurface,
  asked: ChatCompletionRequest,
  arrived: NativeRequest | null,
  privacy: PrivacyPolicy,
): Promise<PreparedChat> {
  const masked =
    arrived === null
      ? null
      : await maskNativeOf(context, exchange, arrived, { chat: asked, surface: surface.name }, privacy);
  if (masked === null) {
    const { chat, vault } = await maskChatOf(context, exchange, asked, privacy);
    return { readChat: () => chat, native: null, vault: vault.isEmpty ? null : vault, privacy };
  }
  const { native, vault } = masked;
  let chat = native === arrived ? asked : null;
  // It is needed now, for the calls in it: a large one is made in steps.
  if (chat === null && lacksReasoning(asked)) ({ chat } = await toChat(surface, exchange, native.body));
  const readChat = () => {
    chat ??= surface.toChat(native.body).chat;
    return chat;
  };
  return { readChat, native, vault: vault.isEmpty ? null : vault, privacy };
}
