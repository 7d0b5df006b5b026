import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.ts';

jest.setTimeout(90_000);

const directory = mkdtempSync(join(tmpdir(), 'aggregator-postgres-'));
const running: EmbeddedPostgres[] = [];
const starters: ChildProcess[] = [];

async function start(onUnexpectedExit?: (logTail: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({
    directory,
    onProgress: () => undefined,
    ...(onUnexpectedExit && { onUnexpectedExit }),
  });
  running.push(postgres);
  return postgres;
}

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that starts the server and then does nothing; resolves when the server answers. */
async function startInAnotherProcess(): Promise<ChildProcess> {
  const module = new URL('./start-embedded-postgres.ts', import.meta.url);
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    await startEmbeddedPostgres({ directory: ${JSON.stringify(directory)}, onProgress: () => undefined });
    console.log('ready');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  starters.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await waitFor(() => output.includes('ready'), {
    describe: 'the other process to start the server',
  });
  return child;
}

/** `kill -9` to the whole process group, as a terminal or a supervisor does it. */
async function killGroup(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  await gone;
}

beforeAll(async () => {
  const postgres = await start();
  await ask(postgres.url, 'CREATE TABLE kept (word TEXT)');
  await postgres.stop();
});

afterEach(async () => {
  for (const child of starters.splice(0)) child.kill('SIGKILL');
  for (const postgres of running.splice(0)) await postgres.stop();
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('startEmbeddedPostgres', () => {
  it('serves a durable UTF-8 database in UTC on 127.0.0.1 alone', async () => {
    const { url } = await start();
    const names = [
      'listen_addresses',
      'unix_socket_directories',
      'fsync',
      'synchronous_commit',
      'server_encoding',
      'TimeZone',
    ];
    const columns = names.map((name) => `current_setting('${name}') AS "${name}"`);

    expect(await ask(url, `SELECT ${columns.join(', ')}`)).toEqual([
      {
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        fsync: 'on',
        synchronous_commit: 'on',
        server_encoding: 'UTF8',
        TimeZone: 'UTC',
      },
    ]);
  });

  it('rejects a client without its password, which only the owner of the directory can read', async () => {
    const { url, port } = await start();

    await expect(ask(`postgresql://postgres@127.0.0.1:${port}/postgres`, 'SELECT 1')).rejects.toThrow(/password/i);
    await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect(statSync(join(directory, 'connection.json')).mode & 0o777).toBe(0o600);
  });

  it('keeps port, password and data over a stop, and is back within half a second', async () => {
    const first = await start();
    await ask(first.url, "INSERT INTO kept VALUES ('stopped')");
    await first.stop();

    const startedAt = performance.now();
    const second = await start();
    const tookMs = performance.now() - startedAt;

    expect(second).toMatchObject({ url: first.url, port: first.port, isAdopted: false });
    expect(second.port).toBeLessThan(32_768);
    expect(await ask(second.url, "SELECT word FROM kept WHERE word = 'stopped'")).toHaveLength(1);
    // Half a second on an idle machine; tests share theirs.
    expect(tookMs).toBeLessThan(30_000);
  });

  it('refuses a second start on the same directory, and names the process that has it', async () => {
    await start();
    await expect(start()).rejects.toThrow(`is already running (pid ${process.pid})`);

    await running.pop()?.stop();
    const child = await startInAnotherProcess();
    await expect(start()).rejects.toThrow(`is already running (pid ${child.pid})`);
    await killGroup(child);
    await (await start()).stop();
  });

  it('survives a kill of the process that started it, and is taken over and stopped by the next', async () => {
    const child = await startInAnotherProcess();
    await killGroup(child);

    const adopted = await start();
    expect(adopted.isAdopted).toBe(true);
    await ask(adopted.url, "INSERT INTO kept VALUES ('adopted')");
    await adopted.stop();

    expect(isAlive(adopted.pid)).toBe(false);
    const next = await start();
    expect(next.isAdopted).toBe(false);
    expect(await ask(next.url, "SELECT word FROM kept WHERE word = 'adopted'")).toHaveLength(1);
  });

  it.each([false, true])(
    'reports that the server was killed, and recovers what was committed (adopted: %s)',
    async (isAdopted) => {
      if (isAdopted) await killGroup(await startInAnotherProcess());
      const tails: string[] = [];
      const first = await start((logTail) => tails.push(logTail));
      expect(first.isAdopted).toBe(isAdopted);
      await ask(first.url, `INSERT INTO kept VALUES ('committed ${isAdopted}')`);
      const session = new pg.Client({ connectionString: first.url });
      session.on('error', () => undefined);
      await session.connect();
      await session.query("BEGIN; INSERT INTO kept VALUES ('never committed')");

      process.kill(first.pid, 'SIGKILL');
      await waitFor(() => tails.length > 0, { describe: 'the end of the server to be reported' });
      await first.stop();
      await session.end().catch(() => undefined);

      const { url } = await start();
      expect(await ask(url, `SELECT word FROM kept WHERE word = 'committed ${isAdopted}'`)).toHaveLength(1);
      expect(await ask(url, "SELECT word FROM kept WHERE word = 'never committed'")).toHaveLength(0);
      expect(tails).toHaveLength(1);
    },
  );

  it('reports nothing when it was stopped on purpose', async () => {
    const tails: string[] = [];
    const postgres = await start((logTail) => tails.push(logTail));
    await postgres.stop();
    await postgres.stop();
    expect(tails).toEqual([]);
  });

  it('starts when the number in a stale lock file belongs to some other program now', async () => {
    writeFileSync(join(directory, 'data', 'postmaster.pid'), `${process.ppid}\n${join(directory, 'data')}\n`);
    writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: process.ppid, identity: 'of an earlier life' }));

    expect((await start()).isAdopted).toBe(false);
  });

  it('starts when a first start was killed half-way', async () => {
    const whole = join(directory, 'data');
    renameSync(whole, `${whole}.aside`);
    mkdirSync(`${whole}.new/base`, { recursive: true });
    writeFileSync(join(directory, 'lock'), '');
    try {
      await (await start()).stop();
      rmSync(whole, { recursive: true });
    } finally {
      renameSync(`${whole}.aside`, whole);
    }
  });

  it('moves to another port when its own is taken', async () => {
    const first = await start();
    await first.stop();
    const guest = createServer().listen(first.port, '127.0.0.1');
    await once(guest, 'listening');
    try {
      const second = await start();
      expect(second.port).not.toBe(first.port);
      expect(await ask(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await second.stop();
      expect((await start()).port).toBe(second.port);
    } finally {
      guest.close();
    }
  });

  it('says why when the server cannot start, and gives the directory free', async () => {
    const versionFile = join(directory, 'data', 'PG_VERSION');
    const version = readFileSync(versionFile, 'utf8');
    writeFileSync(versionFile, '9\n');
    await expect(start()).rejects.toThrow(/did not start[\s\S]*incompatible/);
    writeFileSync(versionFile, version);

    const connectionFile = join(directory, 'connection.json');
    renameSync(connectionFile, `${connectionFile}.aside`);
    await expect(start()).rejects.toThrow(/connection\.json is missing/);
    renameSync(`${connectionFile}.aside`, connectionFile);

    expect((await start()).isAdopted).toBe(false);
  });
});
