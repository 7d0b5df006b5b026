import { withDeadline } from '@aggregator/service-kit';

const closeDeadlineMs = 2_000;

/** Closes a connection if that is possible; a server that does not answer is left to its own timeouts. */
export async function closeQuietly(connection: { close(): unknown }): Promise<void> {
  // Some connections throw at once if they are closed already.
  const closing = Promise.resolve().then(() => connection.close());
  await withDeadline(closing, closeDeadlineMs, 'closing a connection').catch(() => undefined);
}
