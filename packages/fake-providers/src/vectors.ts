import { createHash } from 'node:crypto';

/** A unit vector that depends on the text alone, as 32-bit floats. */
export function embedText(text: string, dimensions: number): number[] {
  const vector = Float32Array.from({ length: dimensions }, (_, index) => {
    const digest = createHash('sha256')
      .update(`${Math.floor(index / 8)}:${text}`)
      .digest();
    return digest.readInt32LE((index % 8) * 4) / 0x80000000;
  });
  const length = Math.hypot(...vector);
  return Array.from(vector, (value) => Math.fround(value / length));
}

/** Little-endian 32-bit floats in base64. */
export function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}
