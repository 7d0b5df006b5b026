import type { PartitionPosition } from '@aggregator/messaging';

/** True if a group has read each partition up to an end that was read before. */
export function hasReached(positions: readonly PartitionPosition[], ends: readonly PartitionPosition[]): boolean {
  const byPartition = new Map(positions.map(({ partition, position }) => [partition, position]));
  return ends.every(({ partition, end }) => (byPartition.get(partition) ?? -1n) >= end);
}
