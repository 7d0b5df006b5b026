import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** An operator in a separate process, as in a pod, so that it can be killed. */
export interface OperatorProcess {
  readonly url: string;
  readonly log: string;
  readonly hasEnded: boolean;
  /** Of all its labels together. */
  metric(name: string): Promise<number>;
  signal(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

const logLengthMax = 200_000;
const main = fileURLToPath(new URL('../main.ts', import.meta.url));

export function startOperatorProcess(port: number, environment: Record<string, string>): OperatorProcess {
  const child = spawn(process.execPath, ['--max-old-space-size=192', main], {
    env: { ...environment, PROVIDER_OPERATOR_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk).slice(-logLengthMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    get log() {
      return log;
    },
    get hasEnded() {
      return hasEnded(child);
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const values = text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'));
      return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
    },
    async signal(signal) {
      if (hasEnded(child)) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
