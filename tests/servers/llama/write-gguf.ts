/** A value of the metadata. */
export type GgufValue =
  | { readonly type: 'uint32' | 'float32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'strings'; readonly values: readonly string[] }
  | { readonly type: 'int32s' | 'float32s'; readonly values: readonly number[] };

/** A tensor of 32-bit floats; the first size is that of the values which are neighbours. */
export interface GgufTensor {
  readonly sizes: readonly number[];
  readonly values: Float32Array;
}

const typeNumbers = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
const version = 3;
const floatTensor = 0;
const alignment = 32;

/**
 * A model in the file format of llama.cpp.
 * Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, read 2026-12.
 */
export function writeGguf(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: Readonly<Record<string, GgufTensor>>,
): Buffer {
  const head = [
    Buffer.from('GGUF'),
    uint32(version),
    uint64(Object.keys(tensors).length),
    uint64(Object.keys(metadata).length),
    ...Object.entries(metadata).flatMap(([name, value]) => [text(name), writeValue(value)]),
  ];
  let offset = 0;
  const data: Buffer[] = [];
  for (const [name, { sizes, values }] of Object.entries(tensors)) {
    head.push(text(name), uint32(sizes.length), ...sizes.map(uint64), uint32(floatTensor), uint64(offset));
    const padded = padToAlignment(Buffer.from(values.buffer, values.byteOffset, values.byteLength));
    data.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([padToAlignment(Buffer.concat(head)), ...data]);
}

function writeValue(value: GgufValue): Buffer {
  switch (value.type) {
    case 'uint32':
      return Buffer.concat([uint32(typeNumbers.uint32), uint32(value.value)]);
    case 'float32':
      return Buffer.concat([uint32(typeNumbers.float32), float32(value.value)]);
    case 'bool':
      return Buffer.concat([uint32(typeNumbers.bool), Buffer.from([Number(value.value)])]);
    case 'string':
      return Buffer.concat([uint32(typeNumbers.string), text(value.value)]);
    case 'strings':
      return writeArray(typeNumbers.string, value.values.map(text));
    case 'int32s':
      return writeArray(typeNumbers.int32, value.values.map(uint32));
    case 'float32s':
      return writeArray(typeNumbers.float32, value.values.map(float32));
  }
}

const writeArray = (type: number, values: readonly Buffer[]) =>
  Buffer.concat([uint32(typeNumbers.array), uint32(type), uint64(values.length), ...values]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function padToAlignment(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((alignment - (bytes.length % alignment)) % alignment)]);
}
