export { createEventLog, type EventLogChoice } from './create-event-log.ts';
export { createEmbeddedEventLog, type EmbeddedEventLogOptions } from './embedded/embedded-event-log.ts';
export { createKafkaEventLog, type KafkaEventLogOptions } from './kafka/kafka-event-log.ts';
export { createNatsEventLog, type NatsEventLogOptions } from './nats/nats-event-log.ts';
export type {
  ConsumedRecord,
  ConsumeOptions,
  DeadLetter,
  EventConsumer,
  EventLog,
  EventRecord,
  HandleAnswer,
  PartitionPosition,
} from './port.ts';
export { createRabbitMqEventLog, type RabbitMqEventLogOptions } from './rabbitmq/rabbitmq-event-log.ts';
export {
  createRabbitMqTaskQueue,
  type RabbitMqTaskQueue,
  type RabbitMqTaskQueueOptions,
} from './rabbitmq/task-queue.ts';
