import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { findFreePort, startProgram } from '../kubernetes/child-program.ts';
import { waitFor } from '../time/wait-for.ts';

export interface Pooler {
  /** Returns the address of the same database behind the pooler. */
  urlOf(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** Starts PgBouncer (on PATH) with its default settings and transaction mode, in front of the server of `serverUrl`. */
export async function startPooler(serverUrl: string): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'aggregator-pooler-'));
  const port = await findFreePort();
  const server = new URL(serverUrl);
  const settings = join(folder, 'pgbouncer.ini');
  writeFileSync(
    settings,
    `[databases]
* = host=${server.hostname} port=${server.port || 5432} user=${server.username} password=${decodeURIComponent(server.password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
auth_type = any
pool_mode = transaction
unix_socket_dir =
`,
  );
  // It refuses to run as root, and its other user must be able to read the settings.
  chmodSync(folder, 0o755);
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const program = startProgram('pgbouncer', [...asUser, settings]);
  const urlOf = (databaseUrl: string) => {
    const url = new URL(databaseUrl);
    url.host = `127.0.0.1:${port}`;
    return url.href;
  };
  await waitFor(
    () => {
      program.check();
      return canConnect(urlOf(serverUrl));
    },
    { describe: 'the pooler to answer' },
  );
  return {
    urlOf,
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
