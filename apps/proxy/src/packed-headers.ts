import type { IncomingMessage, ServerResponse } from 'node:http';
import { packedHeader } from '@aggregator/contracts';

const separator = '\t';

/** True if a gateway that unpacks headers asks. An answer that is kept for later requests has each header by itself. */
export function takesPacked({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers[packedHeader] !== undefined && headers['idempotency-key'] === undefined;
}

/** Sets headers, names and values in turn, as one header instead of those that were set before. No value may have a tab. */
export function setPacked(response: ServerResponse, pairs: readonly string[]): void {
  const [name = ''] = pairs;
  if (response.hasHeader(name)) for (let at = 0; at < pairs.length; at += 2) response.removeHeader(pairs[at] ?? '');
  response.setHeader(packedHeader, pairs.join(separator));
}

/**
 * Returns the headers of a head that is about to be written: added to those that are packed, if any are. The gateway writes
 * the date and keeps its connection without a header.
 */
export function toHead(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const packed = response.getHeader(packedHeader);
  if (typeof packed !== 'string') return headers;
  response.sendDate = false;
  if (response.shouldKeepAlive) response.removeHeader('connection');
  const head: Record<string, string> = {};
  let text = packed;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (value.includes(separator)) head[name] = value;
    else text += separator + name + separator + value;
  }
  head[packedHeader] = text;
  return head;
}
