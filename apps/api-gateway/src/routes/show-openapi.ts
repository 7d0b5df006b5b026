import { apiRoutes, toOpenApi } from '@aggregator/contracts';
import type { RequestHandler } from 'express';

/** Version of the API itself; the first part is that of its paths. */
const apiVersion = '1.0.0';

/** `GET /openapi.json`: the OpenAPI document of every public route. The text is written at the first request, and kept. */
export function showOpenApi(): RequestHandler {
  let text: string | null = null;
  return (_request, response) => {
    text ??= JSON.stringify(toOpenApi(apiRoutes, apiVersion));
    response.type('application/json').set('cache-control', 'public, max-age=300').send(text);
  };
}
