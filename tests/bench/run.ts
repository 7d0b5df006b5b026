/**
 * `npm run bench`: what a request and a chunk cost in CPU time of gateway and proxy, as a ratio to a minimal gateway in the
 * same run. Everything is on: authentication, limits, hold, spool, ledger. The measured processes share core 0, everything
 * else (load, provider, the other services, the database) has the rest; rounds are interleaved, figures are medians.
 * With REDIS_URL, KAFKA_BROKERS and POSTGRES_URL gateway and proxy are processes of their own on those servers, and
 * docs/performance.md is written; without, all six services share one process, and their whole CPU time counts.
 * ORGANISATIONS sets how many the column of many organisations has; each takes two hashes of a password.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../tidy/source-files.ts';
import type { Round } from './load.ts';
import { type Cell, measureRound, measureWaiting, median, runRound, type Side } from './measure.ts';
import { end, startOnCore, waitForLine } from './processes.ts';
import { type Column, type Figures, keptPart, toPage, toTable } from './report.ts';
import { startMeasured } from './start-measured.ts';

const ports = { upstream: 9301, minimal: 9302, front: 9303, floor: 9304 };
const rounds = 5;
const requests = { 1: 400, 32: 3000, 256: 3000 } as const;
const streams = { requests: 320, connections: 32, isStream: true };
const chunksPerStream = 50;
/** Streams that are opened and closed before the counted ones: what the first ones make once is not theirs. */
const firstStreams = 64;
const waitingStreams = 256;
const organisations = Number(process.env.ORGANISATIONS ?? 64);
const minimalKey = 'bench-key';
/** A request in multiples of its parts alone: docs/decisions/0003; a chunk in multiples of the minimal gateway's. */
const goals = { request: 2, chunk: 3 };

const many = `${organisations} organisations, 32 conn.`;
const columns: readonly Column[] = [
  { name: '1 connection', unit: 'µs' },
  { name: '32', unit: 'µs' },
  { name: '256', unit: 'µs' },
  { name: many, unit: 'µs' },
  { name: 'a chunk', unit: 'µs' },
  { name: 'p50 at 1 connection', unit: 'ms' },
  { name: 'a waiting stream', unit: 'KiB' },
];

const measuredCore = 0;
const otherCore = availableParallelism() > 1 ? 1 : 0;
const state = mkdtempSync(join(tmpdir(), 'aggregator-bench-'));
const started: ChildProcess[] = [];
/** Rounds that count for nothing, and why. */
const faults: string[] = [];
let stopServices = () => Promise.resolve();
const keep = (child: ChildProcess) => {
  started.push(child);
  return child;
};

try {
  const upstreamUrl = `http://127.0.0.1:${ports.upstream}`;
  await start(otherCore, 'upstream.ts', [String(ports.upstream), String(chunksPerStream)]);
  const minimal = {
    measured: [await start(measuredCore, 'minimal.ts', [String(ports.minimal), upstreamUrl, minimalKey])],
    load: await startLoad(`http://127.0.0.1:${ports.minimal}`, minimalKey),
  };
  const services = await startMeasured({ measuredCore, otherCore, upstreamUrl, state, keep });
  stopServices = () => services.stop();
  const ours = { measured: services.measured, load: await startLoad(services.baseUrl, services.apiKey) };
  const crowd = { measured: services.measured, load: await startLoad(services.baseUrl, services.apiKey) };
  crowd.load.send({ keys: await services.signUpMore(organisations) });
  const floor = await startFloor(upstreamUrl);

  const found = { minimal: newFigures('minimal gateway'), floor: newFigures('parts alone'), ours: newFigures('ours') };
  // Before anything else: later, memory that is free already takes in what a stream needs.
  await addWaiting(found.minimal, minimal);
  await addWaiting(found.ours, ours);
  // Until V8 has compiled what there is to compile: what that costs belongs to the first minute of a process, not to a request.
  for (const side of [minimal, ours, floor ?? []].flat())
    await runRound(side, { requests: 16_000, connections: 32, isStream: false });
  await runRound(crowd, { requests: 4 * organisations, connections: 32, isStream: false });

  for (let round = 1; round <= rounds; round += 1) {
    await addRound(found.minimal, minimal);
    await addRound(found.ours, ours, crowd);
    if (floor !== null) await addCell(found.floor, '32', floor, plain(32));
    console.log(`round ${round}/${rounds}`);
  }
  report(services.description, found, floor !== null);
} finally {
  for (const child of started.reverse()) await end(child);
  await stopServices();
  rmSync(state, { recursive: true, force: true });
}

type Gathered = Figures & { readonly cells: Record<string, number[]> };

function newFigures(name: string): Gathered {
  return { name, cells: {} };
}

function add({ cells }: Gathered, column: string, value: number): void {
  cells[column] = [...(cells[column] ?? []), value];
}

function plain(connections: keyof typeof requests) {
  return { requests: requests[connections], connections, isStream: false };
}

async function addRound(figures: Gathered, side: Side, crowd: Side | null = null): Promise<void> {
  const lone = await addCell(figures, '1 connection', side, plain(1));
  if (lone !== null) add(figures, 'p50 at 1 connection', lone.p50Ms);
  const some = await addCell(figures, '32', side, plain(32));
  const streamed = await measureOrNote(figures.name, 'a chunk', side, streams);
  if (some !== null && streamed !== null) add(figures, 'a chunk', (streamed.cpuUs - some.cpuUs) / chunksPerStream);
  await addCell(figures, '256', side, plain(256));
  if (crowd !== null) await addCell(figures, many, crowd, plain(32));
}

async function addCell(figures: Gathered, column: string, side: Side, round: Round): Promise<Cell | null> {
  const cell = await measureOrNote(figures.name, column, side, round);
  if (cell !== null) add(figures, column, cell.cpuUs);
  return cell;
}

/** Null if requests failed: their CPU says nothing of those that are served. The page lists such rounds. */
async function measureOrNote(name: string, column: string, side: Side, round: Round): Promise<Cell | null> {
  try {
    return await measureRound(side, round);
  } catch (error) {
    const fault = `${name}, ${column}: ${error instanceof Error ? error.message : String(error)}`;
    faults.push(fault);
    console.log(fault);
    return null;
  }
}

async function addWaiting(figures: Gathered, side: Side): Promise<void> {
  await measureWaiting(side, firstStreams);
  const { kibPerStream, opened, reasons } = await measureWaiting(side, waitingStreams);
  if (opened < waitingStreams) {
    faults.push(
      `${figures.name}: ${waitingStreams - opened} of ${waitingStreams} waiting streams (${reasons.join(', ')})`,
    );
  }
  add(figures, 'a waiting stream', kibPerStream);
}

async function start(
  core: number,
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ChildProcess> {
  const child = keep(startOnCore(core, `tests/bench/${file}`, args, environment));
  await waitForLine(child, 'ready');
  return child;
}

async function startLoad(origin: string, key: string): Promise<ChildProcess> {
  const load = keep(startOnCore(otherCore, 'tests/bench/load.ts', [origin, '/v1/chat/completions', key]));
  await once(load, 'message');
  return load;
}

/** Two processes with only the parts that our services are built on; null if there are no servers for them. */
async function startFloor(upstreamUrl: string): Promise<Side | null> {
  const { REDIS_URL, KAFKA_BROKERS } = process.env;
  if (!REDIS_URL || !KAFKA_BROKERS) return null;
  const servers = { REDIS_URL, KAFKA_BROKERS };
  const parts = await start(
    measuredCore,
    'floor.ts',
    [String(ports.floor), upstreamUrl, join(state, 'floor')],
    servers,
  );
  const front = await start(measuredCore, 'relay.ts', [String(ports.front), `http://127.0.0.1:${ports.floor}`]);
  return { load: await startLoad(`http://127.0.0.1:${ports.front}`, 'none'), measured: [front, parts] };
}

function report(description: string, found: Record<'minimal' | 'floor' | 'ours', Gathered>, hasServers: boolean): void {
  const table = toTable(columns, [found.minimal, ...(hasServers ? [found.floor] : []), found.ours]);
  const counts = Object.entries(requests).map(([connections, count]) => `${count} requests over ${connections}`);
  const method = `Medians of ${rounds} interleaved rounds: ${counts.join(', ')} connections, and ${streams.requests} streams of ${chunksPerStream} chunks over ${streams.connections}; after 16,000 requests each. The measured processes share one core, everything else has the others.`;
  console.log(`\n${description}; medians of ${rounds} interleaved rounds\n\n${table}`);
  const of = ({ cells }: Gathered, column: string) => median(cells[column] ?? []);
  const request = hasServers ? of(found.ours, '32') / of(found.floor, '32') : null;
  const chunk = of(found.ours, 'a chunk') / of(found.minimal, 'a chunk');
  const isMet = (request === null || request <= goals.request) && chunk <= goals.chunk;
  const names = [
    request !== null && `a request ≤ ${goals.request} × its parts alone (${request.toFixed(2)})`,
    `a chunk ≤ ${goals.chunk} × the minimal gateway's (${chunk.toFixed(2)})`,
  ];
  console.log(`\ngoals: ${names.filter(Boolean).join(', ')}: ${isMet ? 'met' : 'NOT met'}`);
  if (!hasServers) return;
  const path = join(root, 'docs/performance.md');
  writeFileSync(path, toPage(table, { description, method, faults }, keptPart(readFileSync(path, 'utf8'))));
}
