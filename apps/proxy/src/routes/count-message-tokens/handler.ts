import { messagesSurface } from '@aggregator/surfaces';
import { countTokens } from '../../requests/count-tokens.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/messages/count_tokens`, as Anthropic has it. */
export const countMessageTokens: AiRoute = { method: 'POST', errors: messagesSurface, serve: countTokens };
