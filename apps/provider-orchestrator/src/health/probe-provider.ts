import { randomUUID } from 'node:crypto';
import type { ErrorCode, ProviderType } from '@aggregator/contracts';
import { adapterFor, type ProviderAdapter } from '@aggregator/providers';
import { EgressRefused, type Secret } from '@aggregator/service-kit';
import { type Dispatcher, request } from 'undici';

/** A provider as it is probed. */
export interface ProbeTarget {
  name: string;
  /** All that it is probed with: where this changes, what was found before says nothing any more. */
  facts: string;
  type: ProviderType;
  baseUrl: string;
  options: Readonly<Record<string, string>>;
  /** Credentials to try, in order; null if none is needed. */
  secrets: readonly (Secret | null)[];
  /** Through which connections: those to what the API declared are guarded. */
  dispatcher: Dispatcher;
}

/** Bytes of an answer that are read, so that its connection can be used again; what is longer costs the connection. */
const answerBytesMax = 256 * 1024;
/** The part of an error's body that an adapter receives. */
const errorBytesMax = 64 * 1024;
const mayRefuseCredential: ReadonlySet<number> = new Set([400, 401, 403, 407]);
const credentialRefused: ErrorCode = 'upstream_misconfigured';

/**
 * Returns null if a provider answers and takes one of our credentials, else the reason as a code of the error catalogue. A
 * redirect is not followed. What it answers to the request as such, also "not found" or "too many", shows that it lives.
 */
export async function probeProvider(target: ProbeTarget, deadlineMs: number): Promise<string | null> {
  let reason: string | null = null;
  for (const secret of target.secrets) {
    reason = await probeWith(target, secret, deadlineMs);
    // Only another credential could change the answer.
    if (reason === null || !reason.startsWith(credentialRefused)) return reason;
  }
  return reason;
}

async function probeWith(target: ProbeTarget, secret: Secret | null, deadlineMs: number): Promise<string | null> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const { type, baseUrl, options, dispatcher } = target;
    const adapter = adapterFor(type, target);
    const credential = secret === null ? null : secret.reveal();
    const endpoint = adapter.probe({
      baseUrl,
      options,
      credential,
      maxOutputTokens: null,
      attemptId: `probe/${randomUUID()}`,
    });
    const { method, url, headers } = endpoint;
    const answer = await request(url, { method, headers: { ...headers }, dispatcher, signal });
    if (mayRefuseCredential.has(answer.statusCode)) return await judgeRefusal(adapter, answer);
    await answer.body.dump({ limit: answerBytesMax, signal });
    return judgeStatus(answer.statusCode);
  } catch (error) {
    if (error instanceof EgressRefused) return 'invalid_base_url';
    const code: ErrorCode = signal.aborted ? 'upstream_timeout' : 'upstream_unreachable';
    return code;
  }
}

/** Gemini answers 400 to a wrong key; to others that is what the request as such deserves. */
async function judgeRefusal(adapter: ProviderAdapter, answer: Dispatcher.ResponseData): Promise<string | null> {
  const { statusCode: status, headers } = answer;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > errorBytesMax) break;
  }
  const body = Buffer.concat(chunks).toString('utf8', 0, errorBytesMax);
  const plain = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]);
  const { code } = adapter.classifyError(status, Object.fromEntries(plain), body);
  return status === 400 && code !== credentialRefused ? null : `${credentialRefused} (${status})`;
}

function judgeStatus(status: number): string | null {
  const isAlive = (status >= 200 && status < 300) || (status >= 400 && status < 500);
  const code: ErrorCode = 'upstream_error';
  return isAlive ? null : `${code} (${status})`;
}
