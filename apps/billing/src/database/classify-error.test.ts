import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
import { openWorld } from '../testing/open-world.ts';
import { isDatabaseFailure, isDataError } from './classify-error.ts';
import { createDatabase } from './open-database.ts';

it('takes a server that answers no connection for a failure of the database, not for one of billing', async () => {
  const sockets = new Set<{ destroy(): void }>();
  const silent = createServer((socket) => void sockets.add(socket));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `postgresql://user:password@127.0.0.1:${port}/billing`;
  const database = createDatabase({ url, connectionsMax: 1, onError: () => undefined });

  const error: unknown = await database.$queryRaw`SELECT 1`.catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseFailure(error)).toBe(true);
  expect(isDataError(error)).toBe(false);
  await database.$disconnect();
  for (const socket of sockets) socket.destroy();
  silent.close();
});

it('takes a connection that is lost as a transaction begins for a failure of the database', async () => {
  const closing = createServer((socket) => socket.destroy());
  closing.listen(0, '127.0.0.1');
  await once(closing, 'listening');
  const address = closing.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `postgresql://user:password@127.0.0.1:${port}/billing`;
  const database = createDatabase({ url, connectionsMax: 1, onError: () => undefined });

  const error: unknown = await database.$transaction(async () => undefined).catch((reason: unknown) => reason);

  expect(error).toBeInstanceOf(Error);
  expect(isDatabaseFailure(error)).toBe(true);
  expect(isDataError(error)).toBe(false);
  await database.$disconnect();
  closing.close();
});

it('takes a connection that is lost before a transaction commits for a failure of the database', async () => {
  const world = await openWorld();
  try {
    const error: unknown = await world.database
      .$transaction(async (tx) => {
        const [row] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await world.database.$queryRaw`SELECT pg_terminate_backend(${row?.pid}::int, 5000)`;
      })
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(isDatabaseFailure(error)).toBe(true);
    expect(isDataError(error)).toBe(false);
  } finally {
    await world.close();
  }
});

it('leaves an error of the work of a transaction as it is', async () => {
  const world = await openWorld();
  try {
    const failed = new Error('the work failed');
    const error: unknown = await world.database
      .$transaction(() => Promise.reject(failed))
      .catch((reason: unknown) => reason);

    expect(error).toBe(failed);
    expect(isDatabaseFailure(error)).toBe(false);
  } finally {
    await world.close();
  }
});
