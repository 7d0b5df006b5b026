import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from '@jest/globals';
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
