import { ApiError, open, type SendOptions, send } from './http.ts';
import { session } from './session.ts';

/**
 * Calls the API as the person who is signed in. A token that has just ended is replaced once.
 * @throws {ApiError}
 */
export function call<Answer>(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
  return withToken((headers) =>
    send<Answer>(method, path, { ...options, headers: { ...options.headers, ...headers } }),
  );
}

/** As `call`, for an answer that is read as it comes. */
export function stream(method: string, path: string, options: SendOptions = {}): Promise<Response> {
  return withToken((headers) => open(method, path, { ...options, headers: { ...options.headers, ...headers } }));
}

export const get = <Answer>(path: string, query: SendOptions['query'] = {}, signal?: AbortSignal): Promise<Answer> =>
  call<Answer>('GET', path, { query, ...(signal !== undefined && { signal }) });

async function withToken<Answer>(work: (headers: Record<string, string>) => Promise<Answer>): Promise<Answer> {
  const token = await session.token();
  // A page that is about to go away may still ask: without a token that is a 401 for nothing.
  if (token === null || session.isLeaving) throw new ApiError(401, 'unauthorized', '', null);
  try {
    return await work(toHeaders(token));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401 || session.isLeaving) throw error;
    const renewed = await session.renew();
    if (renewed === null) throw error;
    return work(toHeaders(renewed));
  }
}

const toHeaders = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
