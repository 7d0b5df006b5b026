import { declaredCredential } from '@aggregator/contracts';
import { packTls } from '@aggregator/service-kit';
import { type KeyProblem, tlsReading } from './key-reading.ts';

export type KeyValue = { readonly value: string } | { readonly problem: KeyProblem };

/** A header holds no more; certificates are longer. */
const keyLengthMax = 4096;
const value = declaredCredential.shape.value;

/**
 * A key out of a Secret's data, which is base64. One line break at its end is a habit of editors and is taken off;
 * every other character that a header cannot hold is rejected.
 */
export function readKey(data: Readonly<Record<string, string>>, secretKey: string): KeyValue {
  if (secretKey === tlsReading.secretKey) return readCertificates(data);
  const encoded = Object.hasOwn(data, secretKey) ? data[secretKey] : undefined;
  if (encoded === undefined) return { problem: 'KeyNotFound' };
  const text = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text.trim() === '') return { problem: 'EmptyKey' };
  return text.length <= keyLengthMax && value.safeParse(text).success ? { value: text } : { problem: 'InvalidKey' };
}

/** The entries of a Secret of type `kubernetes.io/tls`, and the authority beside them, as one value. */
function readCertificates(data: Readonly<Record<string, string>>): KeyValue {
  const read = (name: string) =>
    Object.hasOwn(data, name) ? Buffer.from(data[name] ?? '', 'base64').toString('utf8') : undefined;
  const [ca, cert, key] = [read('ca.crt'), read('tls.crt'), read('tls.key')];
  const packed = packTls({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
  return packed === null ? { problem: 'InvalidCertificates' } : { value: packed };
}
