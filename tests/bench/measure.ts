import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Round } from './load.ts';
import { readCpuMs, readMemoryKiB } from './processes.ts';

/** Something that answers requests, with the process that sends them. */
export interface Side {
  readonly load: ChildProcess;
  /** Whose CPU time counts. */
  readonly measured: readonly ChildProcess[];
}

/** What one cell of a round found: µs of CPU for a request, and how long half of them took at most, in milliseconds. */
export interface Cell {
  readonly cpuUs: number;
  readonly p50Ms: number;
}

const roundDeadlineMs = 120_000;

/** Sends one round. Rejects if any request failed. */
export async function runRound({ load }: Pick<Side, 'load'>, round: Round): Promise<{ p50Ms: number; p99Ms: number }> {
  const result = await ask<{ failures: number; failed: object; p50Ms: number; p99Ms: number }>(load, round);
  const { failures, failed } = result;
  if (failures > 0) {
    const statuses = JSON.stringify(failed);
    throw new Error(
      `${failures} of ${round.requests} over ${round.connections} connections failed, by status: ${statuses}`,
    );
  }
  return result;
}

export async function measureRound(side: Side, round: Round): Promise<Cell> {
  const before = sum(side, readCpuMs);
  const { p50Ms } = await runRound(side, round);
  return { cpuUs: ((sum(side, readCpuMs) - before) * 1000) / round.requests, p50Ms };
}

/** Resident memory that each of `count` streams takes which wait behind their first bytes, KiB; and how many were opened. */
export async function measureWaiting(
  side: Side,
  count: number,
): Promise<{ kibPerStream: number; opened: number; reasons: readonly string[] }> {
  const before = sum(side, readMemoryKiB);
  const { failures, reasons } = await ask<{ failures: number; reasons: string[] }>(side.load, { hold: count });
  const opened = count - failures;
  const kibPerStream = (sum(side, readMemoryKiB) - before) / opened;
  await ask(side.load, { hold: 0 });
  return { kibPerStream, opened, reasons };
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

async function ask<Answer>(load: ChildProcess, message: Round | { hold: number }): Promise<Answer> {
  load.send(message);
  const [answer] = (await once(load, 'message', { signal: AbortSignal.timeout(roundDeadlineMs) })) as [Answer];
  return answer;
}

function sum({ measured }: Side, read: (child: ChildProcess) => number): number {
  return measured.reduce((total, child) => total + read(child), 0);
}
