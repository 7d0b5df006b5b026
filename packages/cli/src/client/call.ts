import { type TokenAnswer, tokenAnswer } from '@aggregator/contracts';
import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { CliError } from './cli-error.ts';
import { readSession, writeSession } from './session-file.ts';

const deadlineMs = 30_000;
const localUrl = 'http://127.0.0.1:3000';

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: unknown;
}

/** Calls the API of one gateway, with the credential of the user if there is one. */
export interface Api {
  readonly url: string;
  /** Returns the reply of any status. Throws CliError if the gateway cannot be reached. */
  send(method: string, path: string, body?: unknown): Promise<Reply>;
  /** Returns the body of a success. Throws CliError with the sentence of a failure. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

/**
 * `AGGREGATOR_API_KEY` is used where it is set, else the session of the login, which is refreshed once if it has
 * expired.
 */
export function openApi(command: Command, terminal: Terminal): Api {
  const { url: given } = command.optsWithGlobals<{ url?: string }>();
  const session = readSession(terminal);
  const url = (given ?? terminal.environment.AGGREGATOR_URL ?? session?.url ?? localUrl).replace(/\/$/, '');
  const key = terminal.environment.AGGREGATOR_API_KEY;
  // A token is sent to the gateway of its login alone.
  let tokens = key === undefined && session?.url === url ? session : null;

  const send = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const reply = await request(url, key ?? tokens?.accessToken ?? null, method, path, body);
    if (reply.status !== 401 || tokens === null) return reply;
    const renewed = await request(url, null, 'POST', '/v1/auth/refresh', { refreshToken: tokens.refreshToken });
    if (renewed.status !== 200) return reply;
    tokens = keepTokens(terminal, url, tokenAnswer.parse(renewed.json));
    return await request(url, tokens.accessToken, method, path, body);
  };
  return {
    url,
    send,
    async call(method, path, body) {
      const { status, json } = await send(method, path, body);
      if (status >= 200 && status < 300) return json;
      throw new CliError(`${method} ${path}: ${status} ${sentenceOf(json)}`);
    },
  };
}

export function keepTokens(terminal: Terminal, url: string, { accessToken, refreshToken }: TokenAnswer) {
  const session = { url, accessToken, refreshToken };
  writeSession(terminal, session);
  return session;
}

async function request(url: string, credential: string | null, method: string, path: string, body: unknown) {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(credential !== null && { authorization: `Bearer ${credential}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: AbortSignal.timeout(deadlineMs),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: toJson(text) };
  } catch (cause) {
    throw new CliError(`The gateway ${url} cannot be reached. Set --url or AGGREGATOR_URL.`, { cause });
  }
}

function toJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

/** The sentence of an error of the management API. */
function sentenceOf(json: unknown): string {
  const { code, detail } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>;
  return [code, detail].filter((part) => typeof part === 'string').join(': ') || 'no reason was given';
}
