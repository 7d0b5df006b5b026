import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { errorCode } from '@aggregator/service-kit';
import { z } from 'zod';

/** Facts that a start needs of the starts before it. Kept in the directory, readable by its owner alone. */
const connectionSchema = z.object({ port: z.number().int().min(1024).max(65535), password: z.string().min(16) });
export type Connection = z.infer<typeof connectionSchema>;

const PORT_MIN = 20_000;
/**
 * Systems take the ports of outgoing connections from 32768 up; a server there may find its port in use at any start.
 */
const PORT_END = 32_768;
const PORT_ATTEMPTS_MAX = 50;

const CLOSED = 'without the password in it the data beside it stay closed. Restore it, or remove the whole directory.';

const fileOf = (directory: string) => join(directory, 'connection.json');

/**
 * The saved connection, or for a directory without data a new one (random password, free port), saved before anything
 * uses it.
 * @throws Error when there are data, but not their password.
 */
export async function readOrCreateConnection(directory: string, dataDirectory: string): Promise<Connection> {
  const saved = readConnection(directory);
  if (saved !== undefined) return saved;
  if (existsSync(dataDirectory)) throw new Error(`${fileOf(directory)} is missing; ${CLOSED}`);
  const connection = { port: await findFreePort(), password: randomBytes(24).toString('base64url') };
  saveConnection(directory, connection);
  return connection;
}

/** Returns the path of the file it wrote. */
export function saveConnection(directory: string, connection: Connection): string {
  const half = `${fileOf(directory)}.new`;
  writeFileSync(half, JSON.stringify(connection), { mode: 0o600 });
  renameSync(half, fileOf(directory));
  return fileOf(directory);
}

export const connectionUrl = ({ port, password }: Connection) =>
  `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;

export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < PORT_ATTEMPTS_MAX; attempt++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_END - PORT_MIN));
    if (await isPortFree(port)) return port;
  }
  throw new Error(`Found no free port between ${PORT_MIN} and ${PORT_END - 1} on 127.0.0.1.`);
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function readConnection(directory: string): Connection | undefined {
  try {
    return connectionSchema.parse(JSON.parse(readFileSync(fileOf(directory), 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new Error(`${fileOf(directory)} cannot be read; ${CLOSED}`, { cause: error });
  }
}
