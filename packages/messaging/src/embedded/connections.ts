import { prepareSession } from '@aggregator/database';
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg';

export interface ConnectionOptions {
  databaseUrl: string;
  /** Most time for a connection to open and for each statement. */
  deadlineMs: number;
}

/** Ends a dead member's transaction, and with it its claim, when its machine is gone without a word. */
const silentTransactionMs = 30_000;
/** Keeps a claim of a member that lives, however long its batch takes. */
const keepAliveIntervalMs = 10_000;

export function createPool(options: ConnectionOptions, poolMax: number): Pool {
  const pool = new Pool({
    ...toClientConfig(options),
    max: poolMax,
    onConnect: (client) => prepareSession(client, { statementTimeoutMs: options.deadlineMs }),
  });
  pool.on('error', () => {
    // An idle connection was lost. The pool has dropped it and opens another for the next statement.
  });
  return pool;
}

/** @throws if the server does not answer in time. */
export async function openClient(options: ConnectionOptions): Promise<Client> {
  const client = new Client(toClientConfig(options));
  client.on('error', () => {
    // The connection was lost. The next statement rejects with it.
  });
  await client.connect();
  await prepareSession(client, {
    statementTimeoutMs: options.deadlineMs,
    idleInTransactionTimeoutMs: silentTransactionMs,
  });
  return client;
}

/** One transaction, read committed. A connection on which anything failed is not used again. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let isUsable = false;
  const onLost = () => {
    // Without a listener it would end the process; the next statement rejects with it.
  };
  client.on('error', onLost);
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work(client);
    await client.query('COMMIT');
    isUsable = true;
    return result;
  } finally {
    client.release(!isUsable);
    client.off('error', onLost);
  }
}

/** Runs `work`, which does not use the connection, while the server sees that the open transaction is alive. */
export async function whileKeptAlive<T>(client: Client, work: () => Promise<T>): Promise<T> {
  let ping: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    ping = client.query('SELECT 1').catch(() => undefined);
  }, keepAliveIntervalMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await ping;
  }
}

function toClientConfig({ databaseUrl, deadlineMs }: ConnectionOptions): ClientConfig {
  return {
    connectionString: databaseUrl,
    application_name: 'event-log',
    connectionTimeoutMillis: deadlineMs,
    // The server's own timeout does not help when the server hangs or its packets are lost.
    query_timeout: deadlineMs + 500,
    keepAlive: true,
  };
}
