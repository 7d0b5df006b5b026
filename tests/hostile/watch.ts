import { readFileSync } from 'node:fs';
import { type ServiceName, serviceNames } from '@aggregator/contracts';
import type { HostileWorld } from './world.ts';

/** What was seen of the services during a run. */
export interface Watched {
  /** The answers of `/health/ready` that were not 200, with their service. */
  readonly unready: readonly string[];
  /** Most resident memory of each service, in MiB. */
  readonly memoryMiB: Readonly<Record<ServiceName, number>>;
}

const intervalMs = 250;
/** As the chart's readiness probe: an answer that is later than this counts as none. */
const probeDeadlineMs = 4000;

/** Asks for readiness and reads memory until it is stopped. */
export function watchServices({ services, readiness }: HostileWorld): { stop(): Promise<Watched> } {
  const unready: string[] = [];
  const memoryMiB: Record<ServiceName, number> = Object.fromEntries(serviceNames.map((name) => [name, 0])) as Record<
    ServiceName,
    number
  >;
  const probes = new Set<Promise<void>>();
  const timer = setInterval(() => {
    for (const name of serviceNames) {
      memoryMiB[name] = Math.max(memoryMiB[name], readResidentMiB(services.process(name).pid));
    }
    for (const url of readiness) {
      const probe = probeOnce(url, unready).finally(() => probes.delete(probe));
      probes.add(probe);
    }
  }, intervalMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(probes);
      return { unready, memoryMiB };
    },
  };
}

async function probeOnce(url: string, unready: string[]): Promise<void> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(probeDeadlineMs) });
    if (!answer.ok) unready.push(`${url}: ${answer.status}`);
    await answer.body?.cancel();
  } catch (error) {
    unready.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Zero for a process that has ended. */
function readResidentMiB(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
