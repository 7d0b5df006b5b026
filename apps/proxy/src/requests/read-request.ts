import type { AppError } from '@aggregator/contracts';
import {
  clientJsonBounds,
  estimateMemory,
  parseScannedJson,
  readJsonBytes,
  scanJson,
  scanJsonInTurns,
} from '@aggregator/service-kit';
import { largeBytes } from '../attempts/give-turn.ts';
import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';

/** Parts that read a request. */
export type ReadContext = Pick<ProxyContext, 'config' | 'arriving'>;

/** A body without a declared length takes room in such steps. */
const stepBytes = 256 * 1024;

/**
 * Reads the body of a request and parses it. Takes room first for its bytes, then for what they become, and parses what has
 * room. A large body is parsed in turns, so that other requests do not wait for it (I4, I12).
 * @throws {AppError} as `readJsonBytes` and `parseJsonBody` do, and `rate_limit_exceeded`, `service_unavailable` without room.
 */
export async function readRequest(
  context: ReadContext,
  exchange: Pick<Exchange, 'body' | 'request' | 'place'>,
): Promise<Record<string, unknown>> {
  return (await readRequestBytes(context, exchange)).value;
}

/** The same with the bytes as they came. */
export async function readRequestBytes(
  context: ReadContext,
  exchange: Pick<Exchange, 'body' | 'request' | 'place'>,
): Promise<{ readonly bytes: Buffer; readonly value: Record<string, unknown> }> {
  const bytes = exchange.body ?? (await readBody(context, exchange));
  return {
    bytes,
    value: bytes.length <= largeBytes ? parseSmall(bytes, exchange.place) : await parseInTurns(bytes, exchange.place),
  };
}

/** Reads the body alone. @throws {AppError} as `readRequest` does before it parses. */
export async function readBody(
  { config, arriving }: ReadContext,
  { request, place }: Pick<Exchange, 'request' | 'place'>,
): Promise<Buffer> {
  const declared = request.headers['content-length'];
  place.requireMemory(
    toMemory(declared === undefined ? stepBytes : Math.min(Number(declared), config.requestBytesMax)),
  );
  const body: { receivedBytes: number; cut(error: AppError): void } = { receivedBytes: 0, cut: () => undefined };
  let leave: (() => void) | undefined;
  const reading = readJsonBytes(request, config.requestBytesMax, {
    onBytes(length) {
      body.receivedBytes = length;
      if (declared === undefined) place.requireMemory(toMemory(Math.ceil(length / stepBytes) * stepBytes));
    },
    onStart(cut) {
      body.cut = cut;
      leave = arriving.enter(body);
    },
  });
  try {
    return await reading;
  } finally {
    leave?.();
  }
}

function parseSmall(body: Buffer, place: Exchange['place']): Record<string, unknown> {
  const figures = scanJson(body, clientJsonBounds);
  place.requireMemory(estimateMemory(figures));
  return parseScannedJson(body, figures, 'forwarded');
}

async function parseInTurns(body: Buffer, place: Exchange['place']): Promise<Record<string, unknown>> {
  const scanned = await scanJsonInTurns(body, clientJsonBounds, { takeTurn: place.takeTurn });
  place.requireMemory(estimateMemory(scanned.figures));
  return scanned.parse('forwarded');
}

/** Returns the memory that so many bytes of text take. Bytes. */
export function toMemory(bytes: number): number {
  return estimateMemory({ bytes, containers: 0, values: 0, names: 0 });
}
