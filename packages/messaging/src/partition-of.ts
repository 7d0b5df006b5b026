import { crc32 } from 'node:zlib';

/** Returns the partition of a key, `0…partitions - 1`: the same in every process and after every restart. */
export function partitionOf(key: string, partitions: number): number {
  return crc32(key) % partitions;
}
