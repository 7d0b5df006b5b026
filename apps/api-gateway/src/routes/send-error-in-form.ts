import type { ServerResponse } from 'node:http';
import { type AppError, requestIdHeader, toAnthropicErrorBody } from '@aggregator/contracts';
import { noSniffing, sendErrorBody, sendOpenAiError, sendProblem } from '@aggregator/service-kit';
import { findManagementRoute } from './route-table.ts';

/** Whose error object a client of a path expects; `problem`: RFC 9457, for the management API and all that is no API. */
export type ErrorForm = 'openai' | 'anthropic' | 'google' | 'problem';

/** What a client finds the request's id under: Anthropic's SDKs have a name of their own for it. */
export const idHeaders: Readonly<Record<ErrorForm, readonly string[]>> = {
  openai: [requestIdHeader],
  anthropic: [requestIdHeader, 'request-id'],
  google: [requestIdHeader],
  problem: [requestIdHeader],
};

/** Returns the form for a path as the client wrote it, also one that nothing is at. */
export function errorFormOf(path: string): ErrorForm {
  const withoutApi = path.startsWith('/api/') ? path.slice(4) : path;
  if (/^\/v1\/messages(?:\/|$)/.test(withoutApi)) return 'anthropic';
  if (/^\/v1(?:beta|alpha)\//.test(withoutApi)) return 'google';
  return withoutApi.startsWith('/v1/') && findManagementRoute(withoutApi) === undefined ? 'openai' : 'problem';
}

/**
 * The error object of Gemini's API, which has no surface here: its clients show the message to their user.
 * Source: https://ai.google.dev/gemini-api/docs/troubleshooting (read 2026-11).
 */
function toGoogleErrorBody({ code, entry: { status }, publicMessage }: AppError): unknown {
  const isUnknown = code === 'not_found';
  const message = isUnknown
    ? "Gemini's own API is not served here. Gemini's models are, by /v1/chat/completions, /v1/responses and /v1/messages."
    : publicMessage;
  return { error: { code: status, message, status: isUnknown ? 'NOT_FOUND' : 'INVALID_ARGUMENT' } };
}

/** Sends an error in a form, with the request's id. Does nothing if the head has been sent already. */
export function sendErrorInForm(form: ErrorForm, response: ServerResponse, error: AppError, requestId: string): void {
  if (!response.headersSent) {
    for (const name of idHeaders[form]) response.setHeader(name, requestId);
    for (const [name, value] of Object.entries(noSniffing)) response.setHeader(name, value);
  }
  if (form === 'google') sendErrorBody(response, error, toGoogleErrorBody(error));
  else if (form === 'anthropic') sendErrorBody(response, error, toAnthropicErrorBody(error, requestId));
  else if (form === 'openai') sendOpenAiError(response, error);
  else sendProblem(response, error, requestId);
}
