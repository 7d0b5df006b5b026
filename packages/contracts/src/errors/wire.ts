import { z } from 'zod';
import type { AppError } from './app-error.ts';

/** OpenAI's error object. Source: https://platform.openai.com/docs/guides/error-codes (read 2026-11). */
export const openAiErrorBody = z.object({
  error: z.object({
    message: z.string(),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.union([z.string(), z.number()]).nullish(),
  }),
});
export type OpenAiErrorBody = z.infer<typeof openAiErrorBody>;

/** An AppError as OpenAI SDKs expect it. */
export function toOpenAiErrorBody(error: AppError): OpenAiErrorBody {
  return {
    error: { message: error.publicMessage, type: error.entry.type, param: error.param ?? null, code: error.code },
  };
}

/**
 * Anthropic's error object. `details.error_code` is what its SDKs give as `errorCode`; ours is the catalogue's code.
 * Source: https://platform.claude.com/docs/en/api/errors (read 2026-11, as read by `@anthropic-ai/sdk` 1.11).
 */
export const anthropicErrorBody = z.object({
  type: z.literal('error'),
  error: z.object({
    type: z.string(),
    message: z.string(),
    details: z.object({ error_code: z.string(), param: z.string().nullable() }).nullish(),
  }),
  request_id: z.string().nullish(),
});
export type AnthropicErrorBody = z.infer<typeof anthropicErrorBody>;

const anthropicTypes: ReadonlyMap<number, string> = new Map([
  [401, 'authentication_error'],
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [429, 'rate_limit_error'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
]);

/** An AppError as Anthropic's SDKs expect it: the class is chosen by the status, in a stream by `error.type`. */
export function toAnthropicErrorBody(error: AppError, requestId: string | null): AnthropicErrorBody {
  const { status } = error.entry;
  const type = anthropicTypes.get(status) ?? (status < 500 ? 'invalid_request_error' : 'api_error');
  const details = { error_code: error.code, param: error.param ?? null };
  return { type: 'error', error: { type, message: error.publicMessage, details }, request_id: requestId };
}

/** SCIM's error object. Source: RFC 7644, section 3.12. */
export interface ScimErrorBody {
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'];
  status: string;
  scimType?: string;
  detail: string;
}

const scimTypes: ReadonlyMap<string, string> = new Map([
  ['conflict', 'uniqueness'],
  ['email_taken', 'uniqueness'],
  ['invalid_json', 'invalidSyntax'],
  ['invalid_value', 'invalidValue'],
  ['unknown_field', 'invalidValue'],
]);
const scimTypesOfParams: ReadonlyMap<string, string> = new Map([
  ['filter', 'invalidFilter'],
  ['path', 'invalidPath'],
  ['op', 'invalidSyntax'],
]);

/** An AppError as an identity provider expects it. `scimType` is stated for 400 and 409 alone. */
export function toScimErrorBody(error: AppError): ScimErrorBody {
  const scimType = scimTypesOfParams.get(error.param ?? '') ?? scimTypes.get(error.code);
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(error.entry.status),
    ...(scimType !== undefined && [400, 409].includes(error.entry.status) && { scimType }),
    detail: error.publicMessage,
  };
}

/** RFC 9457 problem details, with the catalogue's `code`; for the management API. */
export const problemBody = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  code: z.string(),
  param: z.string().optional(),
  requestId: z.string().optional(),
});
export type ProblemBody = z.infer<typeof problemBody>;

/** An AppError as an RFC 9457 problem; `type` points into docs/errors.md. */
export function toProblemBody(error: AppError, requestId?: string): ProblemBody {
  return {
    type: `urn:ai-aggregator:error:${error.code}`,
    title: error.code,
    status: error.entry.status,
    detail: error.publicMessage,
    code: error.code,
    ...(error.param === undefined ? {} : { param: error.param }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
