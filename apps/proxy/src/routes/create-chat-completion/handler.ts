import { chatCompletionsSurface } from '@aggregator/surfaces';
import { completeChat } from '../../requests/complete-chat.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/chat/completions`, as OpenAI has it. */
export const createChatCompletion: AiRoute = {
  method: 'POST',
  errors: chatCompletionsSurface,
  serve: (context, exchange) => completeChat(context, exchange, chatCompletionsSurface),
};
