import { AppError } from '@aggregator/contracts';
import type { ChatSurface } from '@aggregator/surfaces';
import type { Caller } from '../conversations/conversation-key.ts';
import type { StoredResponses } from './stored-responses.ts';

/**
 * A body with the conversation of the response that it continues before its own input; the body itself if it continues none.
 * @throws {AppError} `not_found` for a response that this caller does not have, or not any more
 */
export async function followResponse(
  responses: StoredResponses,
  caller: Caller,
  { references }: Pick<ChatSurface, 'references'>,
  body: unknown,
): Promise<unknown> {
  const id = references?.previous(body) ?? null;
  if (references === undefined || id === null) return body;
  const stored = await responses.read(caller, id);
  if (stored === null) {
    const message = 'The previous response is not stored here, or not any more. Send the whole conversation in input.';
    throw new AppError('not_found', { param: 'previous_response_id', message });
  }
  return references.follow(body, stored);
}
