import type { z } from 'zod';
import { toCode } from '../parse-body.ts';
import { PaymentRefused } from '../port.ts';
import { apiError } from './wire.ts';

/** Below the 30 s for which the gateway waits for an answer. */
const timeoutMs = 10_000;
const answerBytesMax = 256 * 1024;

export interface YookassaAccount {
  readonly shopId: string;
  readonly secretKey: string;
  /** YooKassa's API, with its version; another address for tests. */
  readonly apiUrl: string;
}

/**
 * Calls YooKassa. `idempotenceKey`: a call with the same key does nothing twice, for 24 hours.
 * Source: https://yookassa.ru/developers/using-api/interaction-format
 * @returns null for 404
 * @throws {PaymentRefused} for an answer of 400 that the same call would get again; another error if it may have been
 * carried out
 */
export async function callYookassa<Schema extends z.ZodType>(
  { shopId, secretKey, apiUrl }: YookassaAccount,
  call: { path: string; answer: Schema; body?: object; idempotenceKey?: string },
): Promise<z.output<Schema> | null> {
  const { path, answer: schema, body, idempotenceKey } = call;
  const response = await fetch(`${apiUrl.replace(/\/$/, '')}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${shopId}:${secretKey}`).toString('base64')}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(idempotenceKey !== undefined && { 'idempotence-key': idempotenceKey }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await readText(response);
  if (response.status === 200) return schema.parse(JSON.parse(text));
  if (response.status === 404) return null;
  if (response.status === 400) throw new PaymentRefused(readCode(text));
  // 202 is "in progress", 401 and 403 are our account, 429 and 5xx may pass.
  throw new Error(`YooKassa answered ${response.status}`);
}

async function readText(response: Response): Promise<string> {
  const bytes: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    size += part.byteLength;
    if (size > answerBytesMax) throw new Error('YooKassa answered with too much');
    bytes.push(part);
  }
  return Buffer.concat(bytes).toString('utf8');
}

function readCode(text: string): string {
  try {
    return toCode(apiError.parse(JSON.parse(text)).code);
  } catch {
    return 'unknown';
  }
}
