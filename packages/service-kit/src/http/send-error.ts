import type { ServerResponse } from 'node:http';
import { type AppError, toOpenAiErrorBody, toProblemBody, toScimErrorBody } from '@aggregator/contracts';

/** A browser takes an answer for what its content type says, and for nothing else. */
export const noSniffing = { 'x-content-type-options': 'nosniff' } as const;

const overloaded: readonly number[] = [429, 503];
/** If the place that rejects a request knows no better. */
const retryAfterMsDefault = 1000;

/**
 * Returns the headers that belong to every error: whether, and when, to ask again. A 429 or 503 that a client may repeat
 * always says when (I12).
 */
export function errorHeaders(error: AppError): Record<string, string> {
  const { isRetryable, status } = error.entry;
  const headers: Record<string, string> = { 'x-should-retry': String(isRetryable) };
  const mustSay = isRetryable && overloaded.includes(status);
  const retryAfterMs = error.retryAfterMs ?? (mustSay ? retryAfterMsDefault : undefined);
  if (retryAfterMs !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return headers;
}

/** Sends an error in OpenAI's shape. Does nothing if the head has been sent already. */
export function sendOpenAiError(response: ServerResponse, error: AppError): void {
  sendErrorBody(response, error, toOpenAiErrorBody(error));
}

/** Sends an error with a body in the words of another API. */
export function sendErrorBody(response: ServerResponse, error: AppError, body: unknown): void {
  send(response, error, 'application/json', JSON.stringify(body));
}

/** Sends an error as an identity provider expects it. */
export function sendScimError(response: ServerResponse, error: AppError): void {
  send(response, error, 'application/scim+json', JSON.stringify(toScimErrorBody(error)));
}

/** Sends an error as RFC 9457 problem details. */
export function sendProblem(response: ServerResponse, error: AppError, requestId?: string): void {
  send(response, error, 'application/problem+json', JSON.stringify(toProblemBody(error, requestId)));
}

function send(response: ServerResponse, error: AppError, type: string, body: string): void {
  if (response.headersSent || response.destroyed) return;
  // The rest of a body that is too large or too slow would otherwise be read as the next request on this connection.
  if (error.code === 'request_too_large' || error.code === 'request_timeout') response.setHeader('connection', 'close');
  response.writeHead(error.entry.status, {
    ...errorHeaders(error),
    ...noSniffing,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
