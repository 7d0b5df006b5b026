import { AppError } from '@aggregator/contracts';
import { sendErrorBody } from '@aggregator/service-kit';
import type { ChatSurface } from '@aggregator/surfaces';
import type { Exchange } from '../exchange.ts';

/** Sends a caller what failed, in the words of the surface that it speaks. Does nothing if a head has been sent. */
export function sendSurfaceError(
  { requestId, response }: Pick<Exchange, 'requestId' | 'response'>,
  surface: Pick<ChatSurface, 'toErrorBody' | 'fieldNames'>,
  failure: AppError,
): void {
  sendErrorBody(response, failure, surface.toErrorBody(inCallersNames(failure, surface), requestId));
}

/** A failure whose field is named as the caller wrote it. */
function inCallersNames(failure: AppError, { fieldNames = {} }: Pick<ChatSurface, 'fieldNames'>): AppError {
  const { code, param, publicMessage: message, retryAfterMs } = failure;
  const name = param === undefined || !Object.hasOwn(fieldNames, param) ? undefined : fieldNames[param];
  if (name === undefined) return failure;
  return new AppError(code, { message, param: name, ...(retryAfterMs !== undefined && { retryAfterMs }) });
}
