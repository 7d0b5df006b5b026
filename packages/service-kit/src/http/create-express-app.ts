import { AppError, requestIdHeader, toAppError } from '@aggregator/contracts';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Router,
} from 'express';
import type { ServiceContext } from '../lifecycle/service-definition.ts';
import { mendText } from './broken-text.ts';
import { revalidate, tagOfBody } from './entity-tag.ts';
import type { JsonBounds } from './json-figures.ts';
import { parseJsonBody } from './parse-json-body.ts';
import { readJsonBytes } from './read-body.ts';
import { sendProblem, sendScimError } from './send-error.ts';

const bodyBytesMax = 1024 * 1024;

/**
 * The Express app of a service: measured, the service's own routes, then 404 and errors as RFC 9457. Order matters and
 * stands here alone. Health and metrics are answered before it, or on a port of their own.
 */
export function createExpressApp(context: ServiceContext, addRoutes: (app: Express) => void): Express {
  const app = express();
  app.disable('x-powered-by').set('etag', tagOfBody);
  app.set('query parser', 'simple');
  app.use(measure(context), revalidate, refuseBrokenQuery);
  addRoutes(app);
  app.use((_request, _response, next) => next(new AppError('not_found')));
  app.use(answerErrors(context));
  return app;
}

/** A query is stored and compared, as the body of a management route is. */
const refuseBrokenQuery: RequestHandler = (request, _response, next) => {
  if (request.url.includes('%00')) mendText(request.query, 'stored');
  next();
};

/** The id that the gateway minted, as a log field. */
export function readRequestId(request: Request): string | undefined {
  const id = request.headers[requestIdHeader];
  return typeof id === 'string' ? id : undefined;
}

/** Parses a JSON body with the same strictness as the AI routes. Mount it on routes that take a body. */
export function jsonBodyUpTo(bytesMax: number, bounds?: JsonBounds): RequestHandler {
  return async (request, _response, next) => {
    request.body = parseJsonBody(await readJsonBytes(request, bytesMax), bounds);
    next();
  };
}

/** At most 1 MiB. */
export const jsonBody: RequestHandler = jsonBodyUpTo(bodyBytesMax);

/** Routes of one folder under one prefix, with `jsonBody` before every POST, PUT and PATCH. */
export function withJsonBodies(router: Router): Router {
  const outer = express.Router();
  outer.use((request, response, next) =>
    ['POST', 'PUT', 'PATCH'].includes(request.method) ? jsonBody(request, response, next) : next(),
  );
  outer.use(router);
  return outer;
}

/** Sends errors of SCIM routes in their form. Our own faults are left to the handler that logs them. */
export const scimErrors: ErrorRequestHandler = (thrown, _request, response, next) => {
  const error = toAppError(thrown);
  if (error.code === 'internal_error') return next(thrown);
  sendScimError(response, error);
};

function measure(context: ServiceContext): RequestHandler {
  const duration = context.metrics.histogram(
    'http_request_duration_seconds',
    'Time from the request to the end of the answer.',
    ['method', 'status'],
    [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  );
  return (request, response, next) => {
    const startedMs = performance.now();
    response.once('close', () => {
      const labels = { method: request.method, status: String(response.statusCode) };
      duration.observe(labels, (performance.now() - startedMs) / 1000);
    });
    next();
  };
}

function answerErrors(context: ServiceContext): ErrorRequestHandler {
  return (thrown, request, response, _next) => {
    const error = toAppError(thrown);
    if (error.entry.status >= 500) {
      context.logger.error('request_failed', { requestId: readRequestId(request), path: request.path, error });
    }
    sendProblem(response, error, readRequestId(request));
  };
}
