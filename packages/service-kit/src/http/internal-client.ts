import {
  AppError,
  isErrorCode,
  peerHeader,
  problemBody,
  requestIdHeader,
  type ServiceName,
} from '@aggregator/contracts';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import type { IdentitySigner } from '../identity/sign-identity.ts';

export interface InternalRequest<Schema extends z.ZodType> {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  body?: unknown;
  answer: Schema;
  requestId?: string;
}

/** Calls one peer over a bounded keep-alive pool, with our identity, a deadline, and its answers checked. */
export interface InternalClient {
  /** Throws the peer's own AppError where it answered one, `service_unavailable` where it did not answer in time. */
  call<Schema extends z.ZodType>(call: InternalRequest<Schema>): Promise<z.output<Schema>>;
  close(): Promise<void>;
}

const answerBytesMax = 16 * 1024 * 1024;

export function createInternalClient(options: {
  target: ServiceName;
  baseUrl: string;
  signer: IdentitySigner;
  deadlineMs: number;
  connectionsMax?: number;
}): InternalClient {
  const agent = new Agent({
    connections: options.connectionsMax ?? 32,
    connect: { timeout: Math.min(options.deadlineMs, 3000) },
    headersTimeout: options.deadlineMs,
    bodyTimeout: options.deadlineMs,
    maxResponseSize: answerBytesMax,
  });
  const unavailable = (internal: string, cause?: unknown) =>
    new AppError('service_unavailable', { internal: `${options.target}: ${internal}`, cause, retryAfterMs: 1000 });

  async function exchange(call: InternalRequest<z.ZodType>) {
    try {
      const answer = await request(new URL(call.path, options.baseUrl), {
        dispatcher: agent,
        method: call.method,
        headers: {
          [peerHeader]: await options.signer.signPeer(options.target),
          ...(call.requestId === undefined ? {} : { [requestIdHeader]: call.requestId }),
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        signal: AbortSignal.timeout(options.deadlineMs),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (cause) {
      throw unavailable('no answer', cause);
    }
  }

  return {
    async call(call) {
      const { status, text } = await exchange(call);
      const json = parse(text);
      if (status >= 200 && status < 300) {
        const parsed = call.answer.safeParse(json);
        if (parsed.success) return parsed.data;
        throw unavailable(`an answer that breaks the contract: ${parsed.error.message}`);
      }
      const problem = problemBody.safeParse(json);
      if (problem.success && isErrorCode(problem.data.code) && status < 500) {
        throw new AppError(problem.data.code, {
          internal: `${options.target} answered ${status}`,
          message: problem.data.detail ?? '',
        });
      }
      throw unavailable(`status ${status}`);
    },
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
