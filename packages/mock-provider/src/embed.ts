export const defaultDimensions = 256;

/** A unit vector that depends on the text alone, as 32-bit floats. */
export function embed(text: string, dimensions: number): Float32Array {
  const vector = new Float32Array(dimensions);
  let state = hash(text);
  let squares = 0;
  for (let index = 0; index < dimensions; index += 1) {
    state = nextState(state);
    const value = state / 0x80000000 - 1;
    vector[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares);
  return length === 0 ? vector.fill(1 / Math.sqrt(dimensions)) : vector.map((value) => value / length);
}

/** Little-endian bytes in base64, as OpenAI encodes a vector. */
export function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}

/** FNV-1a over UTF-16 units; never 0, because the generator would then repeat 0. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return state === 0 ? 1 : state;
}

/** Marsaglia's xorshift, 32 bits. */
function nextState(state: number): number {
  let next = state ^ (state << 13);
  next ^= next >>> 17;
  next ^= next << 5;
  return next >>> 0;
}
