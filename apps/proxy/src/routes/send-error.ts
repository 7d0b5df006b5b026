import type { AppError } from '@aggregator/contracts';
import { sendErrorBody } from '@aggregator/service-kit';
import type { ChatSurface } from '@aggregator/surfaces';
import type { Exchange } from '../exchange.ts';

/** Tells a caller what failed, in the words of the surface that it speaks. Does nothing where a head has gone out. */
export function sendSurfaceError(
  { requestId, response }: Pick<Exchange, 'requestId' | 'response'>,
  surface: Pick<ChatSurface, 'toErrorBody'>,
  failure: AppError,
): void {
  sendErrorBody(response, failure, surface.toErrorBody(failure, requestId));
}
