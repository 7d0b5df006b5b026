/**
 * `npm run bench`: what a request and a chunk cost in CPU time of gateway and proxy, as a ratio to a bare relay in the same
 * run. Everything is on: authentication, limits, hold, spool, ledger. The measured processes share core 0, everything
 * else (load, provider, the other services, the database) has the rest; rounds are interleaved, figures are medians.
 * With REDIS_URL, KAFKA_BROKERS and POSTGRES_URL gateway and proxy are processes of their own on those servers; without,
 * all six services share one process, and their whole CPU time counts.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { end, readCpuMs, startOnCore, waitForLine } from './processes.ts';
import { startMeasured } from './start-measured.ts';

const upstreamPort = 9301;
const relayPort = 9302;
const frontPort = 9303;
const floorPort = 9304;
const rounds = 5;
const connections = 32;
const plainRequests = 4000;
const streamRequests = 400;
const chunksPerStream = 50;
/** A request in multiples of its parts alone, a chunk in multiples of the relay's: docs/decisions/0003. */
const goals = { request: 2, chunk: 3 };

interface Sample {
  requestUs: number;
  chunkUs: number;
  p50Ms: number;
  p99Ms: number;
}

const measuredCore = 0;
const otherCore = availableParallelism() > 1 ? 1 : 0;
const state = mkdtempSync(join(tmpdir(), 'aggregator-bench-'));
const started: ChildProcess[] = [];
let stopServices = () => Promise.resolve();
const keep = (child: ChildProcess) => {
  started.push(child);
  return child;
};

try {
  const upstreamUrl = `http://127.0.0.1:${upstreamPort}`;
  const upstream = keep(
    startOnCore(otherCore, 'tests/bench/upstream.ts', [String(upstreamPort), String(chunksPerStream)]),
  );
  await waitForLine(upstream, 'ready');
  const relay = keep(startOnCore(measuredCore, 'tests/bench/relay.ts', [String(relayPort), upstreamUrl]));
  await waitForLine(relay, 'ready');
  const ours = await startMeasured({ measuredCore, otherCore, upstreamUrl, state, keep });
  stopServices = () => ours.stop();
  const relayLoad = await startLoad(`http://127.0.0.1:${relayPort}`, 'none');
  const ourLoad = await startLoad(ours.baseUrl, ours.apiKey);

  // Until V8 has compiled what there is to compile: what that costs belongs to the first minute of a process, not to a request.
  const floor = await startFloor(upstreamUrl);
  const warmUp = { requests: 20_000, connections, isStream: false };
  for (const load of [relayLoad, ourLoad, floor?.load ?? []].flat()) await runLoad(load, warmUp);
  const samples: { relay: Sample[]; ours: Sample[]; floorUs: number[] } = { relay: [], ours: [], floorUs: [] };
  for (let round = 0; round < rounds; round += 1) {
    samples.relay.push(await sample(relayLoad, [relay]));
    samples.ours.push(await sample(ourLoad, ours.measured));
    if (floor !== null) samples.floorUs.push(await samplePlain(floor.load, floor.measured));
    console.log(`round ${round + 1}/${rounds}`);
  }
  report(ours.description, samples);
} finally {
  for (const child of started.reverse()) await end(child);
  await stopServices();
  rmSync(state, { recursive: true, force: true });
}

async function startLoad(origin: string, key: string): Promise<ChildProcess> {
  const load = keep(startOnCore(otherCore, 'tests/bench/load.ts', [origin, '/v1/chat/completions', key]));
  await once(load, 'message');
  return load;
}

async function runLoad(load: ChildProcess, round: { requests: number; connections: number; isStream: boolean }) {
  load.send(round);
  const [result] = (await once(load, 'message', { signal: AbortSignal.timeout(120_000) })) as [
    { failures: number; p50Ms: number; p99Ms: number },
  ];
  if (result.failures > 0) throw new Error(`${result.failures} of ${round.requests} requests failed`);
  return result;
}

/** CPU of the measured processes for a plain request, and, beyond that, for each chunk of a stream. */
async function sample(load: ChildProcess, measured: readonly ChildProcess[]): Promise<Sample> {
  const cpuMs = () => measured.reduce((sum, child) => sum + readCpuMs(child), 0);
  const before = cpuMs();
  const plain = await runLoad(load, { requests: plainRequests, connections, isStream: false });
  const between = cpuMs();
  await runLoad(load, { requests: streamRequests, connections, isStream: true });
  const after = cpuMs();
  const requestUs = ((between - before) * 1000) / plainRequests;
  const streamUs = ((after - between) * 1000) / streamRequests;
  return { requestUs, chunkUs: (streamUs - requestUs) / chunksPerStream, p50Ms: plain.p50Ms, p99Ms: plain.p99Ms };
}

/** Two processes with only the parts that our services are built on; null if there are no servers for them. */
async function startFloor(upstreamUrl: string): Promise<{ load: ChildProcess; measured: ChildProcess[] } | null> {
  const { REDIS_URL, KAFKA_BROKERS } = process.env;
  if (!REDIS_URL || !KAFKA_BROKERS) return null;
  const args = [String(floorPort), upstreamUrl, join(state, 'floor')];
  const parts = keep(startOnCore(measuredCore, 'tests/bench/floor.ts', args, { REDIS_URL, KAFKA_BROKERS }));
  await waitForLine(parts, 'ready');
  const front = keep(
    startOnCore(measuredCore, 'tests/bench/relay.ts', [String(frontPort), `http://127.0.0.1:${floorPort}`]),
  );
  await waitForLine(front, 'ready');
  return { load: await startLoad(`http://127.0.0.1:${frontPort}`, 'none'), measured: [front, parts] };
}

async function samplePlain(load: ChildProcess, measured: readonly ChildProcess[]): Promise<number> {
  const cpuMs = () => measured.reduce((sum, child) => sum + readCpuMs(child), 0);
  const before = cpuMs();
  await runLoad(load, { requests: plainRequests, connections, isStream: false });
  return ((cpuMs() - before) * 1000) / plainRequests;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function report(description: string, samples: { relay: Sample[]; ours: Sample[]; floorUs: number[] }): void {
  const of = (side: Sample[], figure: keyof Sample) => median(side.map((row) => row[figure]));
  const line = (name: string, figure: keyof Sample, unit: string) => {
    const [bare, full] = [of(samples.relay, figure), of(samples.ours, figure)];
    console.log(
      `${name.padEnd(22)}${bare.toFixed(1).padStart(10)}${full.toFixed(1).padStart(10)} ${unit.padEnd(4)}${(full / bare).toFixed(2).padStart(8)} ×`,
    );
    return full / bare;
  };
  console.log(
    `\n${description}; ${rounds} interleaved rounds of ${plainRequests} plain requests and ${streamRequests} streams of ${chunksPerStream} chunks, ${connections} connections\n`,
  );
  console.log(`${''.padEnd(22)}${'relay'.padStart(10)}${'ours'.padStart(10)}${'ratio'.padStart(14)}`);
  line('CPU for a request', 'requestUs', 'µs');
  const parts = samples.floorUs.length > 0 ? median(samples.floorUs) : null;
  const request = parts === null ? null : of(samples.ours, 'requestUs') / parts;
  if (parts !== null && request !== null) {
    const share = (parts / of(samples.relay, 'requestUs')).toFixed(2);
    console.log(`  two hops, Redis, Kafka and the spool alone: ${parts.toFixed(1)} µs, ${share} ×`);
    console.log(`  a request is ${request.toFixed(2)} × these`);
  }
  const chunk = line('CPU for a chunk', 'chunkUs', 'µs');
  line('latency p50', 'p50Ms', 'ms');
  line('latency p99', 'p99Ms', 'ms');
  const isMet = (request === null || request <= goals.request) && chunk <= goals.chunk;
  const names = [
    request !== null && `a request ≤ ${goals.request} × its parts alone`,
    `a chunk ≤ ${goals.chunk} × the relay's`,
  ];
  console.log(`\ngoals: ${names.filter(Boolean).join(', ')}: ${isMet ? 'met' : 'NOT met'}`);
}
