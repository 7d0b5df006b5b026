import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { credentialsRequest, type ProxyReport, proxyReport } from '@aggregator/contracts';

/** The orchestrator as the proxy sees it: one stream that stays open, keys, and a place for reports. */
export interface FakeOrchestrator {
  readonly url: string;
  readonly reports: ProxyReport[];
  /** What was said of snapshots, each once. */
  readonly acks: NonNullable<ProxyReport['snapshot']>[];
  /** Keys by their references. */
  readonly credentials: Map<string, string>;
  /** Streams that are open now. */
  readonly streams: ReadonlySet<ServerResponse>;
  /** Sent at once to everybody, and first to everybody who comes later. */
  publish(snapshot: unknown): void;
  /** Breaks every stream; the proxy has to come again. */
  cutStreams(): void;
  close(): Promise<void>;
}

export async function startFakeOrchestrator(first: unknown): Promise<FakeOrchestrator> {
  const reports: ProxyReport[] = [];
  const acks: FakeOrchestrator['acks'] = [];
  const credentials = new Map<string, string>();
  const streams = new Set<ServerResponse>();
  let present = first;
  const line = () => `${JSON.stringify({ kind: 'snapshot', snapshot: present })}\n`;

  const server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const body: unknown = JSON.parse(await text(request));
      if (request.url === '/internal/credentials') {
        const known = credentialsRequest.parse(body).refs.filter((ref) => credentials.has(ref));
        const answered = Object.fromEntries(known.map((ref) => [ref, credentials.get(ref)]));
        response.writeHead(200).end(JSON.stringify({ credentials: answered }));
        return;
      }
      const report = proxyReport.parse(body);
      const { snapshot } = report;
      reports.push(report);
      if (snapshot !== null && !isDeepStrictEqual(snapshot, acks.at(-1))) acks.push(snapshot);
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
    reports,
    acks,
    credentials,
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
