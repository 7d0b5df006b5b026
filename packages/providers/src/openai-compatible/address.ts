import { toAttemptUuid } from '../attempt-headers.ts';
import type { OpenAiCoat } from '../openai/dialect.ts';
import type { Profile } from './profiles/profile.ts';

const attemptHeaderNames: ReadonlySet<string> = new Set(['x-request-id', 'x-client-request-id']);

/** Returns the change of an endpoint that a profile asks for: key, ids, own headers and query. */
export function addressed({
  credentialHeader,
  headers: own,
  query,
  requestIdHeaders,
}: Profile): NonNullable<OpenAiCoat['adjustEndpoint']> {
  const search = new URLSearchParams(query).toString();
  // Ours beside the UUID: it holds the number of the attempt in plain digits.
  const sendsIds = requestIdHeaders.includes('x-request-id');
  return ({ method, url, headers }, { credential, attemptId }) => {
    const kept = Object.entries(headers).filter(([name]) => name !== 'authorization' && !attemptHeaderNames.has(name));
    const uuid = toAttemptUuid(attemptId);
    const isBearer = credentialHeader === 'authorization';
    return {
      method,
      url: search === '' ? url : `${url}?${search}`,
      headers: {
        ...Object.fromEntries(kept),
        ...(credential !== null && { [credentialHeader]: isBearer ? `Bearer ${credential}` : credential }),
        ...(sendsIds && { 'x-client-request-id': attemptId }),
        ...(uuid !== null && Object.fromEntries(requestIdHeaders.map((name) => [name, uuid]))),
        ...own,
      },
    };
  };
}
