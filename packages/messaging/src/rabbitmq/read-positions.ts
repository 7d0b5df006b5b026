import { randomUUID } from 'node:crypto';
import { withDeadline } from '@aggregator/service-kit';
import type { ChannelModel } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';
import type { PartitionPosition } from '../port.ts';
import { connect, type RabbitMqConnectionOptions } from './connect.ts';
import { fromTokenMessage, toTokenBody } from './position-token.ts';
import type { Topology } from './topology.ts';

/**
 * Returns the end and the group's position of each partition. A stream has no request for its end: an empty message is
 * written to it and read back. The member that reads the partition sends the position; if there is none, it is found
 * in the queue of claims.
 */
export async function readPositions(
  options: RabbitMqConnectionOptions,
  topology: Topology,
  topic: string,
  group: string,
): Promise<PartitionPosition[]> {
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  const connection = await connect(options, lost.reject);
  const partitions = Array.from({ length: topology.partitions }, (_, partition) => partition);
  const read = async () => {
    const channel = await connection.createChannel();
    channel.on('error', lost.reject);
    await topology.declareTopic(channel, topic);
    await topology.declareGroup(channel, topic, group);
    const ends = await Promise.all(partitions.map((at) => readEnd(connection, topology.streamOf(topic, group, at))));
    return Promise.all(
      partitions.map(async (partition) => {
        const end = ends[partition] ?? 0n;
        const position = await readPosition(connection, topology.claimsOf(topic, group, partition));
        // The group may have read the message that was written to find the end.
        return { partition, position: position < end ? position : end, end };
      }),
    );
  };
  try {
    return await withDeadline(
      Promise.race([read(), lost.promise]),
      options.deadlineMs,
      `reading positions of ${group}`,
    );
  } finally {
    await closeQuietly(connection);
  }
}

async function readEnd(connection: ChannelModel, stream: string): Promise<bigint> {
  const channel = await openChannel(connection);
  const id = randomUUID();
  const end = Promise.withResolvers<bigint>();
  await channel.prefetch(100);
  await channel.consume(
    stream,
    (message) => {
      if (message === null) return end.reject(new Error('the stream was deleted'));
      channel.ack(message);
      if (message.properties.messageId === id) end.resolve(BigInt(message.properties.headers?.['x-stream-offset']));
    },
    { arguments: { 'x-stream-offset': 'next' } },
  );
  channel.sendToQueue(stream, Buffer.alloc(0), { messageId: id, persistent: true });
  return end.promise;
}

async function readPosition(connection: ChannelModel, claims: string): Promise<bigint> {
  const channel = await openChannel(connection);
  const id = randomUUID();
  const found = Promise.withResolvers<bigint>();
  const replies = await channel.assertQueue('', { exclusive: true, autoDelete: true });
  await channel.consume(
    replies.queue,
    (message) => {
      const token = message === null ? null : fromTokenMessage(message);
      if (token !== null) found.resolve(BigInt(token.position));
    },
    { noAck: true },
  );
  let greatest = 0n;
  await channel.consume(claims, (message) => {
    if (message === null) return found.reject(new Error('the queue of claims was deleted'));
    const token = fromTokenMessage(message);
    if (token?.id === id) {
      // No member reads the partition. The tokens of those who did stay in the queue.
      channel.ack(message);
      found.resolve(greatest);
    } else if (token !== null && BigInt(token.position) > greatest) greatest = BigInt(token.position);
  });
  channel.sendToQueue(claims, toTokenBody({ id, position: '0', isMember: false }), {
    persistent: true,
    replyTo: replies.queue,
  });
  const position = await found.promise;
  await channel.close();
  return position;
}

async function openChannel(connection: ChannelModel) {
  const channel = await connection.createChannel();
  // The connection's loss, or the deadline, ends the wait.
  channel.on('error', () => undefined);
  return channel;
}
