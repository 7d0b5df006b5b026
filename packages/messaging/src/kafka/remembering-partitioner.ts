import { type ICustomPartitioner, Partitioners } from 'kafkajs';

/** Keys are organisations; beyond so many, all are hashed again. */
const keysMax = 10_000;

/**
 * Kafka's usual partition of a key, found once for each key: the library's hash costs microseconds for every record. A
 * topic that grows spreads keys again, as it does without this.
 */
export const createRememberingPartitioner: ICustomPartitioner = () => {
  const choose = Partitioners.DefaultPartitioner();
  const known = new Map<string, number>();
  let partitions = 0;
  return (record) => {
    const { key } = record.message;
    if (typeof key !== 'string') return choose(record);
    if (record.partitionMetadata.length !== partitions || known.size >= keysMax) known.clear();
    partitions = record.partitionMetadata.length;
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    const partition = choose(record);
    known.set(key, partition);
    return partition;
  };
};
