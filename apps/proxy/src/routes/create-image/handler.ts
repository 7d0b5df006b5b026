import { chatCompletionsSurface } from '@aggregator/surfaces';
import { generateImages } from '../../requests/generate-images.ts';
import type { AiRoute } from '../answer-ai-request.ts';

/** `POST /v1/images/generations`, as OpenAI has it. */
export const createImage: AiRoute = { method: 'POST', errors: chatCompletionsSurface, serve: generateImages };
