import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { TlsFiles } from './tls-files.ts';

const pem = z.string().min(1).max(12_000);
const files = z
  .strictObject({ ca: pem.optional(), cert: pem.optional(), key: pem.optional() })
  .refine(({ ca, cert, key }) => (cert === undefined) === (key === undefined) && (ca ?? cert) !== undefined);
const certificates = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Returns TLS files as one text that can be kept like a key: printable ASCII without spaces. Null if they are no certificates, if
 * the key is not that of the client's certificate, or if they are too long together.
 */
export function packTls(given: TlsFiles): string | null {
  const packed = Buffer.from(JSON.stringify(given)).toString('base64');
  const isGood = files.safeParse(given).success && packed.length <= 16_384;
  return isGood && canBeUsed(given) ? packed : null;
}

/** Returns the files of a packed text; null if it is none. */
export function unpackTls(packed: string): TlsFiles | null {
  try {
    return files.safeParse(JSON.parse(Buffer.from(packed, 'base64').toString())).data ?? null;
  } catch {
    return null;
  }
}

function canBeUsed({ ca, cert, key }: TlsFiles): boolean {
  try {
    const all = [ca, cert].flatMap((text) => (text === undefined ? [] : [readAll(text)]));
    if (all.some((list) => list.length === 0)) return false;
    return cert === undefined || key === undefined || readAll(cert)[0]?.checkPrivateKey(createPrivateKey(key)) === true;
  } catch {
    return false;
  }
}

function readAll(text: string): X509Certificate[] {
  return (text.match(certificates) ?? []).map((one) => new X509Certificate(one));
}
