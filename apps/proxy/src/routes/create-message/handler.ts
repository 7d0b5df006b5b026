import { messagesSurface } from '@aggregator/surfaces';
import { completeChat } from '../../requests/complete-chat.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/messages`, as Anthropic has it. */
export const createMessage: AiRoute = {
  method: 'POST',
  errors: messagesSurface,
  serve: (context, exchange) => completeChat(context, exchange, messagesSurface),
};
