import { APIError, BadRequestError, NotFoundError } from 'openai';
import type { SdkRefusal } from '../matrix-case.ts';

export function readOpenAiRefusal(thrown: unknown): SdkRefusal | null {
  if (!(thrown instanceof APIError)) return null;
  const name =
    thrown instanceof BadRequestError ? 'bad-request' : thrown instanceof NotFoundError ? 'not-found' : 'other';
  return { name, code: thrown.code ?? null, param: thrown.param ?? null };
}
