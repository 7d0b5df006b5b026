export {
  type DeadJob,
  type Job,
  type JobResult,
  type NewJob,
  QueueFullError,
  type SqlConnection,
  type WorkQueue,
} from './port.ts';
export { createPostgresWorkQueue, type PostgresWorkQueueOptions } from './postgres/postgres-work-queue.ts';
export { createRabbitMqWorkQueue, type TaskQueue } from './rabbitmq/rabbitmq-work-queue.ts';
export { toSqlConnection } from './to-sql-connection.ts';
export { startWorking, type WorkOptions, workOff } from './work.ts';
