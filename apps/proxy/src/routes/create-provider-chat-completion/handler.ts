import { AppError } from '@aggregator/contracts';
import { chatCompletionsSurface } from '@aggregator/surfaces';
import { completeChat } from '../../requests/complete-chat.ts';
import { type AiRoute, readPath } from '../answer-ai-request.ts';

const path = /^\/v1\/proxy\/([a-z0-9-]{1,63})\/chat\/completions$/;

export function isProviderChatPath(candidate: string): boolean {
  return path.test(candidate);
}

/** `POST /v1/proxy/{provider}/chat/completions`: a chat completion of a model by its bare name at one provider. */
export const createProviderChatCompletion: AiRoute = {
  method: 'POST',
  errors: chatCompletionsSurface,
  serve(context, exchange) {
    const provider = path.exec(readPath(exchange.request))?.[1];
    if (provider === undefined) throw new AppError('not_found');
    return completeChat(context, exchange, {
      ...chatCompletionsSurface,
      toChat(body) {
        const asked = chatCompletionsSurface.toChat(body);
        const { model } = asked.chat;
        const qualified = model.startsWith(`${provider}/`) ? model : `${provider}/${model}`;
        return { ...asked, chat: { ...asked.chat, model: qualified } };
      },
    });
  },
};
