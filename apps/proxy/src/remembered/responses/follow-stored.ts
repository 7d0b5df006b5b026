import { AppError } from '@aggregator/contracts';
import type { ChatSurface } from '@aggregator/surfaces';
import type { ProxyContext } from '../../proxy-context.ts';
import type { Caller } from '../items/conversation-key.ts';

/** A body with what was said before its own input, and the conversation that its answer belongs to. */
export interface FollowedBody {
  readonly body: unknown;
  /** Null if it continues no conversation. `earlier`: how many items of the input were in it. */
  readonly conversation: { readonly id: string; readonly earlier: number } | null;
}

/**
 * Puts the conversation, or the response, that a body continues before its own input; returns the body itself if it continues
 * neither.
 * @throws {AppError} `not_found` for what this caller does not have, or not any more; `invalid_value` for both at once
 */
export async function followStored(
  { responses, storedConversations }: Pick<ProxyContext, 'responses' | 'storedConversations'>,
  caller: Caller,
  { references }: Pick<ChatSurface, 'references'>,
  body: unknown,
): Promise<FollowedBody> {
  const previous = references?.previous(body) ?? null;
  const id = references?.conversation(body) ?? null;
  if (references === undefined || (previous === null && id === null)) return { body, conversation: null };
  if (previous !== null && id !== null) {
    const message = "Only one of 'conversation' and 'previous_response_id' can be given.";
    throw new AppError('invalid_value', { param: 'conversation', message });
  }
  if (id !== null) {
    const stored = await storedConversations.read(caller, id);
    if (stored === null) {
      throw new AppError('not_found', { param: 'conversation', message: 'There is no such conversation here.' });
    }
    const conversation = { id, earlier: stored.items.length };
    return { body: references.follow(body, stored.items), conversation };
  }
  const stored = previous === null ? null : await responses.read(caller, previous);
  if (stored === null) {
    const message = 'The previous response is not stored here, or not any more. Send the whole conversation in input.';
    throw new AppError('not_found', { param: 'previous_response_id', message });
  }
  return { body: references.follow(body, references.toHistory(stored)), conversation: null };
}
