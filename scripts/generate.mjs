/**
 * Generates each service's database client (`prisma/<service>/schema.prisma` → `apps/<service>/src/generated/prisma`), and
 * builds the pages of the dashboard.
 *
 *     node scripts/generate.mjs [service …]
 *
 * A client is made again only when its schema, or the generator's version, changed. Runs on Node 20 as well as on 24:
 * it is needed before anything that is installed can be relied on.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDashboard } from './build-dashboard.mjs';
import { bundledNode, ROOT } from './run-node.mjs';

const TIMEOUT_MS = 120_000;

/** Names of the services that own a database. */
export const databaseServices = () =>
  readdirSync(join(ROOT, 'prisma'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, 'prisma', entry.name, 'schema.prisma')))
    .map((entry) => entry.name)
    .sort();

const stampFor = (service) =>
  createHash('sha256')
    .update(readFileSync(join(ROOT, 'node_modules/prisma/package.json')))
    .update(readFileSync(join(ROOT, 'prisma', service, 'schema.prisma')))
    .digest('hex');

const outputOf = (service) => join(ROOT, 'apps', service, 'src/generated/prisma');
const stampFileOf = (service) => join(outputOf(service), '.schema-sha256');

function isCurrent(service) {
  const stampFile = stampFileOf(service);
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stampFor(service);
}

/**
 * `generate` never calls the schema engine, but the CLI would download one from outside the package registry before it
 * starts. Naming an existing binary keeps it, and the version check, off the network.
 */
const offline = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.platform === 'win32' ? process.execPath : '/bin/true',
  PRISMA_HIDE_UPDATE_MESSAGE: '1',
  CHECKPOINT_DISABLE: '1',
};

function runPrisma(service) {
  const schema = join('prisma', service, 'schema.prisma');
  return new Promise((done, fail) => {
    const child = spawn(
      bundledNode(),
      ['node_modules/prisma/build/index.js', 'generate', '--schema', schema, '--no-hints'],
      {
        cwd: ROOT,
        env: { ...process.env, ...offline },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: TIMEOUT_MS,
      },
    );
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (code, signal) =>
      code === 0 ? done() : fail(new Error(`${schema}: prisma generate failed (${signal ?? code})\n${output.trim()}`)),
    );
  });
}

async function generateOne(service) {
  // Taken before it starts: a schema edited meanwhile must not look generated.
  const stamp = stampFor(service);
  rmSync(stampFileOf(service), { force: true });
  await runPrisma(service);
  mkdirSync(outputOf(service), { recursive: true });
  const half = `${stampFileOf(service)}.${process.pid}`;
  writeFileSync(half, stamp);
  renameSync(half, stampFileOf(service));
}

/** Generates what is missing or out of date among `services`; returns the names it generated. */
export async function generateClients(services = databaseServices()) {
  const stale = services.filter((service) => !isCurrent(service));
  const queue = [...stale];
  const worker = async () => {
    for (let service = queue.shift(); service !== undefined; service = queue.shift()) await generateOne(service);
  };
  await Promise.all(Array.from({ length: Math.min(queue.length, availableParallelism()) }, worker));
  return stale;
}

async function main() {
  const known = databaseServices();
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no such service: ${unknown.join(', ')} (there are ${known.join(', ')})`);
  const generated = await generateClients(asked.length > 0 ? asked : known);
  if (asked.length === 0 && (await buildDashboard())) process.stderr.write('built the pages of the dashboard\n');
  if (generated.length > 0) process.stderr.write(`generated database clients: ${generated.join(', ')}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
