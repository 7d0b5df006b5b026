import { type AppError, toAnthropicErrorBody, toOpenAiErrorBody } from '@aggregator/contracts';
import type { AiRoute } from '../routes/route-table.ts';

const responsesPath = '/v1/responses';

/** The event that ends a stream of this route early, in the form that the SDKs of its API read. */
export function writeStreamError(route: AiRoute, path: string, error: AppError, requestId: string): string {
  if (route.errors === 'anthropic') {
    return `event: error\ndata: ${JSON.stringify(toAnthropicErrorBody(error, requestId))}\n\n`;
  }
  if (path !== responsesPath) return `data: ${JSON.stringify(toOpenAiErrorBody(error))}\n\n`;
  const { code, publicMessage: message, param = null } = error;
  return `event: error\ndata: ${JSON.stringify({ type: 'error', code, message, param })}\n\n`;
}
