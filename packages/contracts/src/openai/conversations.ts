import { z } from 'zod';
import { responsesRequest } from './responses.ts';

const items = z.array(z.looseObject({ type: z.string().max(64).nullish() })).max(20);

/** At most 16 pairs, as for responses. */
const metadata = responsesRequest.shape.metadata.refine(
  (pairs) => Object.keys(pairs ?? {}).length <= 16,
  'at most 16 pairs',
);

/**
 * OpenAI's Conversations API.
 * Source: https://platform.openai.com/docs/api-reference/conversations (read 2026-11, as typed by the `openai` package
 * 7.55).
 */
export const createConversationRequest = z.looseObject({ items: items.nullish(), metadata });
export const updateConversationRequest = z.looseObject({ metadata });
export const addConversationItemsRequest = z.looseObject({ items: items.min(1) });
