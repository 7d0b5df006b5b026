import type { Metrics } from '@aggregator/service-kit';
import type { WorkQueue } from '@aggregator/work-queue';

const intervalMs = 30_000;

/** Counts the jobs that wait in each queue, twice a minute until stopped. */
export function watchQueues(
  queues: Readonly<Record<string, WorkQueue>>,
  metrics: Metrics,
  onError: (error: unknown) => void,
): { stop(): void } {
  const waiting = metrics.gauge('auth_waiting_jobs', 'Jobs that wait or are worked on, by queue.', ['queue']);
  const count = async () => {
    for (const [queue, jobs] of Object.entries(queues)) waiting.set({ queue }, (await jobs.readDepth()).waiting);
  };
  const timer = setInterval(() => count().catch(onError), intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
