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
