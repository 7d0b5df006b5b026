import { APIError, BadRequestError, NotFoundError } from '@anthropic-ai/sdk';
import { z } from 'zod';
import type { SdkRefusal } from '../matrix-case.ts';

const body = z.object({ error: z.object({ details: z.object({ param: z.string().nullable() }) }) });

export function readAnthropicRefusal(thrown: unknown): SdkRefusal | null {
  if (!(thrown instanceof APIError)) return null;
  const name =
    thrown instanceof BadRequestError ? 'bad-request' : thrown instanceof NotFoundError ? 'not-found' : 'other';
  const { param } = body.safeParse(thrown.error).data?.error.details ?? {};
  return { name, code: thrown.errorCode, param: param ?? null };
}
