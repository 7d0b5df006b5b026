import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ClientPage, pageBaseUrl } from './read-page.ts';
import { writeWorkspace } from './workspace.ts';

export interface AgentRun {
  readonly page: ClientPage;
  /** Folder of the agent's programs. */
  readonly programs: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** What stands in `$TASK`. */
  readonly assignment: string;
}

export interface AgentEnd {
  /** Null: it was ended because it took too long. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** A home and a workspace for one run of an agent. */
export interface AgentPlace {
  readonly home: string;
  readonly workspace: string;
  remove(): Promise<void>;
}

const runTimeoutMs = 300_000;
const outputCharactersMax = 2_000;

export async function createPlace(): Promise<AgentPlace> {
  const place = await mkdtemp(join(tmpdir(), 'aggregator-agent-'));
  const home = join(place, 'home');
  const workspace = join(place, 'work');
  await mkdir(join(home, 'tmp'), { recursive: true });
  await writeWorkspace(workspace);
  return {
    home,
    workspace,
    async remove() {
      await endProcesses(home);
      await rm(place, { recursive: true, force: true });
    },
  };
}

/**
 * Runs an agent as its page says: with the files in a new home, and an environment that has nothing of this process but the
 * path to a shell and to Node.js.
 */
export async function runAgent(run: AgentRun, place: AgentPlace): Promise<AgentEnd> {
  const { page, programs, baseUrl, apiKey, model } = run;
  const adapt = (text: string) =>
    text.replaceAll(pageBaseUrl, baseUrl).replaceAll(page.model, model).replaceAll('$AGGREGATOR_KEY', apiKey);
  for (const [path, content] of Object.entries(page.files)) {
    const file = join(place.home, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, adapt(content));
  }
  const child = spawn('/bin/sh', ['-c', adapt(page.script)], {
    cwd: place.workspace,
    env: {
      PATH: [programs, dirname(process.execPath), '/usr/bin', '/bin'].join(':'),
      HOME: place.home,
      TMPDIR: join(place.home, 'tmp'),
      TERM: 'dumb',
      LANG: 'C.UTF-8',
      TASK: run.assignment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-outputCharactersMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const timer = setTimeout(() => void endProcesses(place.home), runTimeoutMs);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
  clearTimeout(timer);
  return { exitCode, output };
}

/** Ends the processes that have the home of a run in their environment: agents leave servers behind. */
async function endProcesses(home: string): Promise<void> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const id of ids) {
    const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
    if (environment.split('\0').includes(`HOME=${home}`)) endProcess(Number(id));
  }
}

function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
