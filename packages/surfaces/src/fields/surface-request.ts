import type { ChatCompletionRequest } from '@aggregator/contracts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { notSupported } from './field-judge.ts';

/**
 * A translated request. `strict` refuses what would have been dropped.
 * @throws {AppError} `unsupported_parameter`
 */
export function toSurfaceRequest(
  chat: ChatCompletionRequest,
  droppedParams: readonly string[],
  original: unknown,
): SurfaceRequest {
  const [first] = droppedParams;
  if (chat.strict === true && first !== undefined) throw notSupported(first, 'it cannot be carried over');
  return { chat, droppedParams, original };
}
