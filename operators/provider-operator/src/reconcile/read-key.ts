import { declaredCredential } from '@aggregator/contracts';
import type { KeyProblem } from './key-reading.ts';

export type KeyValue = { readonly value: string } | { readonly problem: KeyProblem };

const value = declaredCredential.shape.value;

/**
 * A key out of a Secret's data, which is base64. One line break at its end is a habit of editors and is taken off; every
 * other character that a header cannot hold is rejected.
 */
export function readKey(data: Readonly<Record<string, string>>, secretKey: string): KeyValue {
  const encoded = Object.hasOwn(data, secretKey) ? data[secretKey] : undefined;
  if (encoded === undefined) return { problem: 'KeyNotFound' };
  const text = Buffer.from(encoded, 'base64')
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text.trim() === '') return { problem: 'EmptyKey' };
  return value.safeParse(text).success ? { value: text } : { problem: 'InvalidKey' };
}
