/**
 * Writes the SQL that brings a service's database from its migrations to its schema.prisma:
 *
 *     npm run db:new-migration -- <service> <what_it_does>
 *
 * With `--check` in place of a name it writes nothing, and fails if there is a difference.
 *
 * Prisma's own command downloads an engine from outside the package registry; here the same engine comes as WebAssembly from
 * npm. Read what it wrote: it cannot know that a column was renamed, and takes it for one dropped and one added.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseUrlFor, ensureDatabase, migrateDatabase } from '@aggregator/database';
import { startTestPostgres } from '@aggregator/testing';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import pg from 'pg';
import { databaseServices } from './generate.mjs';
import { ROOT } from './run-node.mjs';

/**
 * The adapter does not know the types of PostgreSQL's catalogue. Names are texts to the engine, but a `"char"` (18) must
 * arrive as a character, which the adapter has no type for: it travels as a UUID (2950), of which the catalogue has none.
 */
const CATALOGUE_TYPES = new Map([
  [18, 2950],
  [19, 25],
  [1002, 1009],
  [1003, 1009],
]);

function relabel(result) {
  for (const field of result?.fields ?? [])
    field.dataTypeID = CATALOGUE_TYPES.get(field.dataTypeID) ?? field.dataTypeID;
  return result;
}

class CatalogueClient extends pg.Client {
  query(...words) {
    const callback = words.at(-1);
    if (typeof callback !== 'function') return super.query(...words).then(relabel);
    return super.query(...words.slice(0, -1), (error, result) => callback(error, relabel(result)));
  }
}

class CataloguePg extends PrismaPg {
  async connect() {
    const connection = await super.connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const toEngine = (type) => (type === ColumnTypeEnum.Uuid ? ColumnTypeEnum.Character : type);
      return { ...result, columnTypes: result.columnTypes.map(toEngine) };
    };
    return connection;
  }
}

/**
 * Tables whose keys schema.prisma cannot say: their migrations are written by hand. An id of `statement_line` is unique in each
 * of its partitions, and `charge_day` has no key without nulls.
 */
const externalTables = ['public.charge_day', 'public.statement_line'];

/** The SQL from the tables of the database to those of the schema; empty where nothing differs. */
async function diff(databaseUrl, schemaFile) {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const adapter = new CataloguePg({
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    Client: CatalogueClient,
  });
  const files = [{ path: schemaFile, content: readFileSync(schemaFile, 'utf8') }];
  // The engine reports its own crash here before it ends the process.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (text) => process.stderr.write(`${text}\n`) };
  const engine = await SchemaEngine.new({}, () => undefined, bindMigrationAwareSqlAdapterFactory(adapter));
  const { stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files, configDir: join(schemaFile, '..') },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables, externalEnums: [] },
  });
  return /^\s*(--.*\s*)?$/.test(stdout ?? '') ? '' : stdout;
}

async function diffOf(service) {
  const postgres = await startTestPostgres(process.env.POSTGRES_URL);
  const name = `aggregator_test_${Math.floor(Date.now() / 1_000)}_${randomBytes(6).toString('hex')}`;
  try {
    const url = await ensureDatabase(postgres.url, name);
    await migrateDatabase({ url, migrationsDirectory: join(ROOT, 'prisma', service, 'migrations') });
    return await diff(url, join(ROOT, 'prisma', service, 'schema.prisma'));
  } finally {
    const client = new pg.Client({ connectionString: databaseUrlFor(postgres.url, 'postgres') });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
    await postgres.stop();
  }
}

async function main() {
  const [service, what] = process.argv.slice(2);
  const isCheck = what === '--check';
  if (!databaseServices().includes(service) || !(isCheck || /^[a-z0-9_]+$/.test(what ?? ''))) {
    throw new Error(`usage: npm run db:new-migration -- ${databaseServices().join('|')} <what_it_does>`);
  }
  const sql = await diffOf(service);
  if (sql === '') return `${service}: the migrations already make what schema.prisma says`;
  if (isCheck) throw new Error(`${service}: the migrations do not make what schema.prisma says:\n${sql}`);
  const timestamp = new Date()
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 14);
  const folder = join(ROOT, 'prisma', service, 'migrations', `${timestamp}_${what}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'migration.sql'), sql);
  return `${join(folder, 'migration.sql')}\n\n${sql}`;
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
