import { describeWorkQueue } from '../conformance.ts';
import { openTable } from '../testing/open-table.ts';
import { createPostgresWorkQueue } from './postgres-work-queue.ts';

describeWorkQueue('PostgreSQL', async (settings) => {
  const { connection, inTransaction, close } = await openTable();
  const openAnother = () => createPostgresWorkQueue({ ...settings, connection, queue: 'conformance' });
  return { queue: openAnother(), openAnother, inTransaction, close };
});
