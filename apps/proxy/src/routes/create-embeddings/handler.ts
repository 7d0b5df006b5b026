import { chatCompletionsSurface } from '@aggregator/surfaces';
import { embed } from '../../requests/embed.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/embeddings`, as OpenAI has it. */
export const createEmbeddings: AiRoute = { method: 'POST', errors: chatCompletionsSurface, serve: embed };
