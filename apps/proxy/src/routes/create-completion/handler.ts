import { completionsSurface } from '@aggregator/surfaces';
import { completeChat } from '../../requests/complete-chat.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/completions`, OpenAI's legacy form. */
export const createCompletion: AiRoute = {
  method: 'POST',
  errors: completionsSurface,
  serve: (context, exchange) => completeChat(context, exchange, completionsSurface),
};
