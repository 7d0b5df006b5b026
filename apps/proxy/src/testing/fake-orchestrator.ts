import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type SnapshotAck, snapshotAck } from '@aggregator/contracts';

/** The orchestrator as the proxy sees it: one stream that stays open, and a place for acknowledgements. */
export interface FakeOrchestrator {
  readonly url: string;
  readonly acks: SnapshotAck[];
  /** Streams that are open now. */
  readonly streams: ReadonlySet<ServerResponse>;
  /** Sent at once to everybody, and first to everybody who comes later. */
  publish(snapshot: unknown): void;
  /** Breaks every stream; the proxy has to come again. */
  cutStreams(): void;
  close(): Promise<void>;
}

export async function startFakeOrchestrator(first: unknown): Promise<FakeOrchestrator> {
  const acks: SnapshotAck[] = [];
  const streams = new Set<ServerResponse>();
  let present = first;
  const line = () => `${JSON.stringify({ kind: 'snapshot', snapshot: present })}\n`;

  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      acks.push(snapshotAck.parse(JSON.parse(await text(request))));
      response.writeHead(204).end();
      return;
    }
    streams.add(response);
    response.once('close', () => streams.delete(response));
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    if (present !== null) response.write(line());
    response.write('{"kind":"ping"}\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acks,
    streams,
    publish(snapshot) {
      present = snapshot;
      for (const stream of streams) stream.write(line());
    },
    cutStreams() {
      for (const stream of streams) stream.destroy();
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
