import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RoutingSnapshot, toAppError } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ReadStream, readStream, versionsOf } from '../testing/start-orchestrator.ts';
import { SnapshotStreams } from './snapshot-streams.ts';

const healthOf = (stream: ReadStream) =>
  stream.lines.flatMap((line) => (line.kind === 'health' ? [line.unhealthy] : []));

describe('streams of snapshots', () => {
  let server: Server | null = null;
  let streams: SnapshotStreams | null = null;
  let current: RoutingSnapshot | null = null;
  let unhealthy: readonly string[] = [];

  afterEach(() => {
    unhealthy = [];
    streams?.close();
    server?.closeAllConnections();
    server?.close();
  });

  function snapshotOf(version: number, size = 1): RoutingSnapshot {
    return {
      version,
      epoch: 1,
      providers: [],
      routes: [],
      prices: Object.fromEntries(Array.from({ length: size }, (_, index) => [`p/${index}@1`, { inputUncached: '1' }])),
    };
  }

  async function listen(options: { streamsMax?: number; pingMs?: number; stallMs?: number } = {}): Promise<string> {
    const opened = new SnapshotStreams({
      streamsMax: options.streamsMax ?? 10,
      pingMs: options.pingMs ?? 20,
      stallMs: options.stallMs ?? 60_000,
      readCurrent: () => current,
      readUnhealthy: () => unhealthy,
    });
    const listening = createServer((incoming, response) => {
      try {
        opened.open(new URL(incoming.url ?? '/', 'http://x').searchParams.get('proxyId') ?? '', response);
      } catch (error) {
        response.writeHead(toAppError(error).entry.status).end();
      }
    });
    streams = opened;
    server = listening;
    await new Promise<void>((resolve) => {
      listening.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  it('ping while nothing changes', async () => {
    current = snapshotOf(1);
    const stream = await readStream(await listen(), 'proxy-0');

    await waitFor(() => stream.lines.filter(({ kind }) => kind === 'ping').length >= 3, { describe: 'three pings' });
    expect(versionsOf(stream)).toEqual([1]);
    stream.close();
  });

  it('send nothing but pings before anything is published, and then what is', async () => {
    current = null;
    const stream = await readStream(await listen(), 'proxy-0');
    await waitFor(() => stream.lines.length > 0, { describe: 'a ping' });
    expect(versionsOf(stream)).toEqual([]);

    current = snapshotOf(1);
    streams?.deliver();
    await waitFor(() => versionsOf(stream).length === 1, { describe: 'the snapshot' });
    stream.close();
  });

  it('send the unhealthy providers after the snapshot, on each change, and to later streams', async () => {
    current = snapshotOf(1);
    const url = await listen();
    const early = await readStream(url, 'proxy-0');
    await waitFor(() => early.lines.length >= 2, { describe: 'the snapshot and a ping' });
    expect(healthOf(early)).toEqual([]);

    unhealthy = ['openai'];
    streams?.deliver();
    streams?.deliver();
    await waitFor(() => healthOf(early).length === 1, { describe: 'the change' });
    const late = await readStream(url, 'proxy-1');
    await waitFor(() => healthOf(late).length === 1, { describe: 'the state for the latecomer' });
    expect(late.lines.slice(0, 2).map(({ kind }) => kind)).toEqual(['snapshot', 'health']);

    unhealthy = [];
    streams?.deliver();
    await waitFor(() => healthOf(late).length === 2, { describe: 'the recovery' });
    expect(healthOf(early)).toEqual([['openai'], []]);
    expect(versionsOf(early)).toEqual([1]);
  });

  it('are bounded in number, and one per proxy', async () => {
    current = snapshotOf(1);
    const url = await listen({ streamsMax: 2 });
    const first = await readStream(url, 'proxy-0');
    await readStream(url, 'proxy-1');

    expect((await readStream(url, 'proxy-2')).status).toBe(503);
    const again = await readStream(url, 'proxy-0');
    expect(again.status).toBe(200);
    await waitFor(() => first.end !== 'open', { describe: "the end of the proxy's earlier stream" });
    expect(streams?.count).toBe(2);
    again.close();
    await waitFor(() => streams?.count === 1, { describe: 'the closed stream to be forgotten' });
  });

  it('buffer one snapshot at most for a reader that does not read, and cut it in the end', async () => {
    current = snapshotOf(1, 20_000);
    const lineBytes = JSON.stringify({ kind: 'snapshot', snapshot: current }).length;
    const url = await listen({ stallMs: 300, pingMs: 100 });
    const answered = new Promise<ServerResponse>((resolve) => {
      server?.once('request', (_incoming, response) => resolve(response));
    });
    const silent = request(`${url}/?proxyId=proxy-0`).on('error', () => undefined);
    silent.on('response', (incoming) => incoming.pause().on('error', () => undefined));
    silent.end();
    const response = await answered;

    const { prices } = current;
    let version = 1;
    let bufferedMax = 0;
    await waitFor(
      () => {
        for (let turn = 0; turn < 20; turn += 1) {
          version += 1;
          current = { ...snapshotOf(version), prices };
          streams?.deliver();
          bufferedMax = Math.max(bufferedMax, response.writableLength);
        }
        return streams?.count === 0;
      },
      { describe: 'the stream to be cut' },
    );
    expect(version).toBeGreaterThan(20);
    expect(bufferedMax).toBeLessThan(1.5 * lineBytes);
    expect(response.destroyed).toBe(true);
    silent.destroy();
  });
});
