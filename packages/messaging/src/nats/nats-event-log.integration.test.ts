import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { describeFaults } from '../conformance/faults.ts';
import { describeEventLog, type MakeEventLog } from '../conformance.ts';
import { connect } from './connect.ts';
import { createNatsEventLog } from './nats-event-log.ts';
import { positionsStream } from './streams.ts';

const topicPrefix = `conformance-${randomUUID()}`;

function readNatsUrl(): string {
  const url = process.env.NATS_URL;
  if (url === undefined || url === '') throw new Error('NATS_URL is not set: these tests need a real NATS server');
  return url;
}

const makeLog: MakeEventLog = ({ publishDeadlineMs, storeAt }) =>
  createNatsEventLog({
    servers: [storeAt === undefined ? readNatsUrl() : `nats://${storeAt.host}:${storeAt.port}`],
    clientId: 'conformance',
    publishDeadlineMs,
  });
const { hostname, port } = new URL(readNatsUrl());

describeEventLog('NATS', makeLog, topicPrefix);
describeFaults('NATS', { host: hostname, port: Number(port) }, makeLog, topicPrefix);

afterAll(async () => {
  const connection = await connect({ servers: [readNatsUrl()], name: 'conformance', deadlineMs: 10_000 });
  const { streams } = await jetstreamManager(connection);
  for await (const name of streams.names()) if (name.startsWith(topicPrefix)) await streams.delete(name);
  await streams.purge(positionsStream, { filter: `aggregator.positions.*.${topicPrefix}.>` });
  await connection.close();
}, 60_000);
