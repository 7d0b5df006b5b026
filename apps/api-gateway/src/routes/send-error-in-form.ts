import type { ServerResponse } from 'node:http';
import { type AppError, requestIdHeader, toAnthropicErrorBody } from '@aggregator/contracts';
import { noSniffing, sendErrorBody, sendOpenAiError, sendProblem } from '@aggregator/service-kit';
import { findManagementRoute } from './route-table.ts';

/** Whose error object a client of a path expects; `problem`: RFC 9457, for the management API and all that is no API. */
export type ErrorForm = 'openai' | 'anthropic' | 'problem';

/** What a client finds the request's id under: Anthropic's SDKs have a name of their own for it. */
export const idHeaders: Readonly<Record<ErrorForm, readonly string[]>> = {
  openai: [requestIdHeader],
  anthropic: [requestIdHeader, 'request-id'],
  problem: [requestIdHeader],
};

/** Returns the form for a path as the client wrote it, also one that nothing is at. */
export function errorFormOf(path: string): ErrorForm {
  const withoutApi = path.startsWith('/api/') ? path.slice(4) : path;
  if (/^\/v1\/messages(?:\/|$)/.test(withoutApi)) return 'anthropic';
  return withoutApi.startsWith('/v1/') && findManagementRoute(withoutApi) === undefined ? 'openai' : 'problem';
}

/** Sends an error in a form, with the request's id. Does nothing if the head has been sent already. */
export function sendErrorInForm(form: ErrorForm, response: ServerResponse, error: AppError, requestId: string): void {
  if (!response.headersSent) {
    for (const name of idHeaders[form]) response.setHeader(name, requestId);
    for (const [name, value] of Object.entries(noSniffing)) response.setHeader(name, value);
  }
  if (form === 'anthropic') sendErrorBody(response, error, toAnthropicErrorBody(error, requestId));
  else if (form === 'openai') sendOpenAiError(response, error);
  else sendProblem(response, error, requestId);
}
