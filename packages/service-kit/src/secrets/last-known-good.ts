import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type LastKnownGood, lastKnownGood } from '@aggregator/contracts';
import type { Envelope } from './envelope.ts';

const mebibyte = 1024 * 1024;
const unpackedBytesMax = 128 * mebibyte;
const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

/** The number of the state. It is written unencrypted before the seal, and is bound to it. */
export interface StateNumber {
  readonly epoch: number;
  readonly version: number;
}

/** How the store is opened that it is kept in, and the one key in it. What is larger than a text may be is not kept. */
export const lastKnownGoodStore = {
  key: 'state',
  keyPrefix: 'last-known-good:',
  bounds: { entriesMax: 4, bytesMax: 64 * mebibyte, valueBytesMax: 16 * mebibyte },
  /** As long as the store keeps anything; it is written again every few minutes. */
  ttlMs: 7 * 86_400_000,
  deadlineMs: 5000,
} as const;

/** `<epoch>.<version>.<sealed>`: JSON, packed by gzip, sealed whole. */
export async function packLastKnownGood(
  envelope: Envelope,
  { epoch, version }: StateNumber,
  state: LastKnownGood,
): Promise<string> {
  const packed = await gzipAsync(JSON.stringify(state));
  return `${epoch}.${version}.${envelope.sealBytes(packed, ownerOf({ epoch, version }))}`;
}

/** Of what `packLastKnownGood` wrote; null for anything else. */
export function readStateNumber(text: string): StateNumber | null {
  const [, epoch, version] = /^(\d{1,15})\.(\d{1,15})\./.exec(text) ?? [];
  return epoch === undefined || version === undefined ? null : { epoch: Number(epoch), version: Number(version) };
}

/** Null if none of our keys opens it, or its content is no such state. */
export async function unpackLastKnownGood(envelope: Envelope, text: string): Promise<LastKnownGood | null> {
  const number = readStateNumber(text);
  const sealed = text.slice(text.indexOf('v1:'));
  const packed = number === null ? null : envelope.openBytes(sealed, ownerOf(number));
  if (packed === null) return null;
  const json = await gunzipAsync(packed, { maxOutputLength: unpackedBytesMax });
  return lastKnownGood.safeParse(JSON.parse(json.toString('utf8'))).data ?? null;
}

function ownerOf({ epoch, version }: StateNumber): string {
  return `last-known-good/${epoch}.${version}`;
}
