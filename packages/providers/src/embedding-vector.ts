import type { EmbeddingsRequest } from '@aggregator/contracts';

/** A vector as OpenAI sends it: numbers, or little-endian 32-bit floats in base64. */
export type EmbeddingVector = readonly number[] | string;

/**
 * A vector in the encoding that the caller asked for, whichever the provider speaks; null if it is no vector.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/create (read 2026-11).
 */
export function encodeVector(vector: unknown, format: EmbeddingsRequest['encoding_format']): EmbeddingVector | null {
  if (typeof vector === 'string') return format === 'base64' ? vector : fromBase64(vector);
  if (!Array.isArray(vector) || !vector.every((value) => typeof value === 'number')) return null;
  return format === 'base64' ? toBase64(vector) : vector;
}

function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}

function fromBase64(text: string): number[] | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
