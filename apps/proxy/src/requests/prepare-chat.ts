import type { Vault } from '@aggregator/anonymisation';
import type { ChatCompletionRequest, PrivacyPolicy } from '@aggregator/contracts';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { lacksReasoning, recallReasoning } from '../remembered/reasoning/recall-reasoning.ts';
import { choosePrivacyPolicy } from './privacy/choose-policy.ts';
import { maskChatOf } from './privacy/mask-request.ts';

export interface PreparedChat {
  readonly chat: ChatCompletionRequest;
  readonly vault: Vault | null;
  readonly privacy: PrivacyPolicy | null;
}

/**
 * A chat as it may go out: without what is personal in it, if its key or its caller wants that, and with the thoughts behind
 * calls of tools that the client has dropped. Those were kept as the provider said them, so they hold nothing personal.
 */
export async function prepareChat(
  context: Pick<ProxyContext, 'policies' | 'masking' | 'conversations'>,
  exchange: Exchange,
  asked: ChatCompletionRequest,
): Promise<PreparedChat> {
  const { principal, request } = exchange;
  const privacy = choosePrivacyPolicy(principal, request.headers);
  const masked = privacy === null ? null : await maskChatOf(context, exchange, asked, privacy);
  const chat = masked?.chat ?? asked;
  const vault = masked === null || masked.vault.isEmpty ? null : masked.vault;
  if (!lacksReasoning(chat)) return { chat, vault, privacy };
  return { chat: await recallReasoning(context.conversations, principal, asked.messages, chat), vault, privacy };
}
