import { tryParseJson } from '@aggregator/contracts';
import { z } from 'zod';

/** A client of an OAuth 2.0 server (RFC 6749 §4.4, client credentials). */
export interface OauthClient {
  tokenUrl: string;
  clientId: string;
  clientSecret: string;
  scope?: string | undefined;
}

const tokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

const requestTimeoutMs = 3_000;
const answerCharsMax = 64 * 1024;
/** Of a token that does not say how long it is valid. */
const lifetimeSecondsByDefault = 300;
/** Share of a token's life after which another is fetched. */
const usedShare = 0.8;

/**
 * Returns a function that resolves with an access token. A token is used for 80 % of its life; requests that come together
 * fetch one. It rejects if the server does not answer within 3 s, redirects, or answers no token; the next call asks again.
 */
export function createTokenSource(client: OauthClient, monotonicNow = () => performance.now()): () => Promise<string> {
  let present: { value: string; untilMs: number } | undefined;
  let fetching: Promise<string> | undefined;
  const renew = async () => {
    const startedMs = monotonicNow();
    const { access_token: value, expires_in: lifetimeSeconds = lifetimeSecondsByDefault } = await fetchToken(client);
    present = { value, untilMs: startedMs + lifetimeSeconds * 1_000 * usedShare };
    return value;
  };
  return async () => {
    if (present !== undefined && monotonicNow() < present.untilMs) return present.value;
    fetching ??= renew().finally(() => {
      fetching = undefined;
    });
    return fetching;
  };
}

async function fetchToken({ tokenUrl, clientId, clientSecret, scope }: OauthClient) {
  const credentials = [clientId, clientSecret].map(encodeURIComponent).join(':');
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) }),
    redirect: 'error',
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  // The answer of a failure may repeat the secret: only its status is reported.
  if (!response.ok) throw new Error(`the token server answered ${response.status}`);
  const text = await response.text();
  if (text.length > answerCharsMax) throw new Error('the answer of the token server is too long');
  const parsed = tokenAnswer.safeParse(tryParseJson(text));
  if (!parsed.success) throw new Error('the token server answered no token');
  return parsed.data;
}
