import { isBareDriverError } from '@aggregator/database';
import { z } from 'zod';
import { Prisma } from '../generated/prisma/client.ts';

/** Prisma's own: cannot connect (P1…), no free connection, no transaction in time, write conflict. */
const awayCode = /^P1\d{3}$|^P20(?:24|28|34)$/;
/** SQLSTATE: connection, rollback, resources, operator or timeout; lock not available, idle in a transaction, log-in refused. */
const awayState = /^(?:08|40|53|57)|^(?:55P03|25P03|28P01|3D000)$/;
const awayKind = [
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TlsConnectionError',
  'TooManyConnections',
];

const driverCause = z.object({
  driverAdapterError: z.object({
    cause: z.object({ kind: z.string().optional(), originalCode: z.string().optional() }),
  }),
});

/** True if what was thrown says that the database cannot serve now, as against that we asked for something wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    if (awayCode.test(error.code)) return true;
    const parsed = driverCause.safeParse(error.meta);
    if (!parsed.success) return false;
    const { kind = '', originalCode = '' } = parsed.data.driverAdapterError.cause;
    return awayKind.includes(kind) || awayState.test(originalCode);
  }
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  return isBareDriverError(error);
}
