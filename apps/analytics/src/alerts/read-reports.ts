import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { parseMetrics, type Report } from '@aggregator/alerts';
import { Agent, request } from 'undici';

export interface ProcessReports {
  readonly reports: readonly Report[];
  /** Services with a process that is ready. */
  readonly servicesUp: ReadonlySet<string>;
}

export interface ReportReader {
  /** Asks every process of every address. Resolves in any case: a process that does not answer has no report. */
  read(): Promise<ProcessReports>;
  close(): Promise<void>;
}

const deadlineMs = 5000;
const answerBytesMax = 8 * 1024 * 1024;
/** Processes in all. */
const targetsMax = 500;
const atOnceMax = 16;
const startFigure = 'process_start_time_seconds';

/** Reads the health and the metrics of all processes behind the addresses. */
export function createReportReader(urls: readonly string[], isWanted: (figure: string) => boolean): ReportReader {
  const agent = new Agent({
    ...{ connect: { timeout: deadlineMs }, headersTimeout: deadlineMs, bodyTimeout: deadlineMs },
    ...{ maxResponseSize: answerBytesMax, connections: 2 },
  });

  async function get(target: string, path: string): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await request(`${target}${path}`, { dispatcher: agent, signal });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  async function readOne(target: string): Promise<{ report: Report; service: string; isReady: boolean } | null> {
    try {
      const [metrics, health] = await Promise.all([get(target, '/metrics'), get(target, '/health/ready')]);
      if (metrics.status !== 200) return null;
      const samples = parseMetrics(metrics.text, (figure) => figure === startFigure || isWanted(figure));
      const started = samples.find(({ name }) => name === startFigure);
      const startedAtMs = started === undefined ? null : started.value * 1000;
      const report = { target: new URL(target).host, samples, startedAtMs };
      return { report, service: started?.labels.service ?? '', isReady: health.status === 200 };
    } catch {
      return null;
    }
  }

  return {
    async read() {
      const targets = (await Promise.all(urls.map(findTargets))).flat().slice(0, targetsMax);
      const found: NonNullable<Awaited<ReturnType<typeof readOne>>>[] = [];
      const left = [...new Set(targets)];
      const work = async () => {
        for (let target = left.pop(); target !== undefined; target = left.pop()) {
          const one = await readOne(target);
          if (one !== null) found.push(one);
        }
      };
      await Promise.all(Array.from({ length: atOnceMax }, work));
      const servicesUp = new Set(found.flatMap(({ service, isReady }) => (isReady ? [service] : [])));
      return { reports: found.map(({ report }) => report), servicesUp };
    },
    close: () => agent.destroy(),
  };
}

/** Returns one base URL for each address of the name; none if it has no address. */
async function findTargets(url: string): Promise<string[]> {
  const base = new URL(url);
  const name = base.hostname.replace(/^\[|\]$/g, '');
  // A certificate is for the name, not for an address.
  if (isIP(name) !== 0 || base.protocol === 'https:') return [base.origin];
  try {
    const addresses = await lookup(name, { all: true });
    return addresses.map(({ address, family }) => {
      const host = family === 6 ? `[${address}]` : address;
      return `${base.protocol}//${host}${base.port === '' ? '' : `:${base.port}`}`;
    });
  } catch {
    return [];
  }
}
