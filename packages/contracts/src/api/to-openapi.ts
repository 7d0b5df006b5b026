import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '../errors/catalogue.ts';
import { anthropicErrorBody, openAiErrorBody, problemBody } from '../errors/wire.ts';
import { permissions } from '../permissions.ts';
import type { ApiRoute } from './route.ts';

type Json = Record<string, unknown>;

/** Errors of every route, by what it has. */
const always: readonly ErrorCode[] = ['rate_limit_exceeded', 'service_unavailable', 'internal_error'];
const ofCredentials: readonly ErrorCode[] = [
  'invalid_api_key',
  'invalid_token',
  'access_blocked',
  'insufficient_permissions',
];
const ofBodies: readonly ErrorCode[] = [
  ...(['invalid_json', 'invalid_value', 'unknown_field', 'request_timeout', 'request_too_large'] as const),
  'unsupported_media_type',
];
const ofQueries: readonly ErrorCode[] = ['invalid_value', 'unknown_field'];
const ofPaths: readonly ErrorCode[] = ['not_found', 'invalid_value', 'uri_too_long'];
const ofIdempotency: readonly ErrorCode[] = [
  'invalid_value',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'idempotency_unavailable',
];

const errorForms = {
  openai: { name: 'OpenAiError', type: 'application/json' },
  anthropic: { name: 'AnthropicError', type: 'application/json' },
  problem: { name: 'Problem', type: 'application/problem+json' },
} as const;

/**
 * Returns the OpenAPI 3.1 document of the routes.
 * Source: https://spec.openapis.org/oas/v3.1.1 (read 2026-11).
 */
export function toOpenApi(routes: readonly ApiRoute[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const item = paths[route.path] ?? {};
    item[route.method.toLowerCase()] = toOperation(route);
    paths[route.path] = item;
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'AI Aggregator',
      version,
      description: 'One OpenAI-compatible API in front of every AI provider, and the management API of the gateway.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An API key, or the access token of a session.' },
      },
      headers: {
        RequestId: { description: 'UUIDv7 of the request.', schema: { type: 'string', format: 'uuid' } },
        RetryAfter: { description: 'Seconds until a retry can help.', schema: { type: 'string' } },
      },
      schemas: {
        OpenAiError: toSchema(openAiErrorBody, 'output'),
        AnthropicError: toSchema(anthropicErrorBody, 'output'),
        Problem: toSchema(problemBody, 'output'),
      },
    },
  };
}

function toOperation(route: ApiRoute): Json {
  return {
    operationId: toOperationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...describeNeeds(route),
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: route.isBodyOptional !== true,
            content: { 'application/json': { schema: toSchema(route.body, 'input') } },
          },
        }),
    responses: { [route.status]: toSuccess(route), ...toErrors(route) },
  };
}

function describeNeeds({ needs }: ApiRoute): Json {
  if (needs === 'nothing') return { security: [] };
  const security = [{ bearer: [] }];
  if (needs === 'credential') return { security };
  const by = permissions[needs].needs;
  const credential = by === 'session' ? 'the access token of a session' : `the scope \`${by}\``;
  return { security, description: `Needs the permission \`${needs}\` and ${credential}.` };
}

/** `listApiKeys` out of `GET /v1/auth/api-keys`: method and path, since these are unique. */
function toOperationId({ method, path }: ApiRoute): string {
  const words = path
    .replace(/^\/v1\//, '')
    .split(/[/{}_-]+/)
    .filter((word) => word !== '');
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const anyText = z.string().min(1).max(256);

function pathParameters({ path, parameters = {} }: ApiRoute): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    ...{ name, in: 'path', required: true },
    schema: toSchema(parameters[name] ?? anyText, 'input'),
  }));
}

function queryParameters({ query }: ApiRoute): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = toSchema(query, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema },
  }));
}

function headerParameters({ method, needs, isConditional }: ApiRoute): Json[] {
  const header = (name: string, description: string, schema: Json = {}) => {
    return { name, in: 'header', required: false, description, schema: { type: 'string', minLength: 1, ...schema } };
  };
  const once = header('Idempotency-Key', 'The same key and body make the request once, for 24 hours.', {
    maxLength: 255,
  });
  const match = header('If-Match', 'The change is made only if the resource still has this ETag.');
  return [...(method === 'POST' && needs !== 'nothing' ? [once] : []), ...(isConditional === true ? [match] : [])];
}

const emptyAnswers: Readonly<Record<number, string>> = { 204: 'Done.', 302: 'Continue at the address of `location`.' };

function toSuccess(route: ApiRoute): Json {
  const { answer, answerType = 'application/json', otherTypes = [], mayStream = false, status } = route;
  const headers = { 'x-request-id': { $ref: '#/components/headers/RequestId' } };
  if (answer === undefined) return { description: emptyAnswers[status] ?? 'Accepted.', headers };
  const texts = [...otherTypes, ...(mayStream ? ['text/event-stream'] : [])];
  const others = Object.fromEntries(texts.map((type) => [type, { schema: { type: 'string' } }]));
  return {
    description: 'Success.',
    headers,
    content: { [answerType]: { schema: toSchema(answer, 'output') }, ...others },
  };
}

/** Errors by status: all that the route can return, with their codes in the description. */
function toErrors(route: ApiRoute): Record<string, Json> {
  const codes = new Set<ErrorCode>([
    ...always,
    ...(route.needs === 'nothing' ? [] : ofCredentials),
    ...(route.body === undefined ? [] : ofBodies),
    ...(route.query === undefined ? [] : ofQueries),
    ...(route.path.includes('{') ? ofPaths : []),
    ...(route.method === 'POST' && route.needs !== 'nothing' ? ofIdempotency : []),
    ...(route.isConditional === true ? (['precondition_failed'] as const) : []),
    ...(route.codes ?? []),
  ]);
  const form = errorForms[route.errors ?? 'problem'];
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorCatalogue[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      String(status),
      {
        description: names.map((name) => `\`${name}\``).join(', '),
        headers: {
          'x-request-id': { $ref: '#/components/headers/RequestId' },
          ...(status === 429 || status === 503 ? { 'retry-after': { $ref: '#/components/headers/RetryAfter' } } : {}),
        },
        content: { [form.type]: { schema: { $ref: `#/components/schemas/${form.name}` } } },
      },
    ]),
  );
}

function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' });
  return rest;
}
