import pg from 'pg';
import { type DriverFactory, markDriverErrors } from './mark-driver-errors.ts';
import { type DatabaseConnection, toPoolOptions, toTransactionOptions } from './pool-options.ts';

/** Runs one statement with its values `$1…`, and returns its rows as the driver reads them. */
export type QueryRows = (text: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

/**
 * Returns the names of the statements that have a row, all by one query.
 * @param statements Each a `SELECT` without parameters, by its name: letters and `_`.
 */
export type FindRows = (statements: Readonly<Record<string, string>>) => Promise<ReadonlySet<string>>;

/** Options of a service's database. */
export interface DatabaseOptions {
  url: string;
  connectionsMax: number;
  /** Is called when a connection is lost or cannot be opened. */
  onError(error: unknown): void;
  /** Commands that read all of a large database need more than a service. */
  statementTimeoutMs?: number;
}

/** Constructor options of a client of Prisma. */
export interface ClientOptions<Adapter> {
  adapter: Adapter;
  errorFormat: 'minimal';
  transactionOptions: { maxWait: number; timeout: number };
}

export interface OpenedDatabase<Client> {
  /** Closes the pool when it disconnects. */
  readonly database: Client;
  /**
   * For statements that an idle service repeats: without the objects of an ORM they cost about a twentieth of the CPU
   * time.
   */
  readonly query: QueryRows;
  readonly findRows: FindRows;
}

type AdapterClass<Adapter> = new (
  pool: pg.Pool,
  options: { onConnectionError(error: Error): void; disposeExternalPool: true },
) => Adapter;

/**
 * Opens the own database of a service: a bounded pool in which every wait has an end, with a client of Prisma over it.
 * Packages must not import Prisma, so the service passes its adapter and its generated client.
 */
export function openPrisma<Client, Adapter extends DriverFactory>(
  connection: DatabaseConnection & Pick<DatabaseOptions, 'onError'>,
  Adapter: AdapterClass<Adapter>,
  createClient: (options: ClientOptions<Adapter>) => Client,
): OpenedDatabase<Client> {
  const { onError } = connection;
  const pool = new pg.Pool(toPoolOptions(connection));
  // Without a listener a lost connection that is idle would end the process.
  pool.on('error', onError);
  const query: QueryRows = async (text, values = []) => (await pool.query(text, [...values])).rows;
  const database = createClient({
    adapter: markDriverErrors(new Adapter(pool, { onConnectionError: onError, disposeExternalPool: true })),
    errorFormat: 'minimal',
    transactionOptions: toTransactionOptions(connection),
  });
  return { database, query, findRows: (statements) => findRows(query, statements) };
}

async function findRows(query: QueryRows, statements: Readonly<Record<string, string>>): Promise<ReadonlySet<string>> {
  const names = Object.keys(statements);
  const [row] = await query(`SELECT ${names.map((name) => `EXISTS (${statements[name]}) AS "${name}"`).join(', ')}`);
  return new Set(names.filter((name) => row?.[name] === true));
}
