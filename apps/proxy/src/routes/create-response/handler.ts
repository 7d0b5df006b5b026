import { responsesSurface } from '@aggregator/surfaces';
import { completeChat } from '../../requests/complete-chat.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/responses`, as OpenAI has it; what it stores is in `stored-responses`. */
export const createResponse: AiRoute = {
  method: 'POST',
  errors: responsesSurface,
  serve: (context, exchange) => completeChat(context, exchange, responsesSurface),
};
