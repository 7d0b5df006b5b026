import { createEmbeddedEventLog } from './embedded/embedded-event-log.ts';
import { createKafkaEventLog } from './kafka/kafka-event-log.ts';
import type { EventLog } from './port.ts';

export interface EventLogChoice {
  /** Unset: Kafka where brokers are named. */
  eventTransport: 'kafka' | 'embedded' | undefined;
  kafkaBrokers: readonly string[] | undefined;
  /** Before every topic and group; installations with different prefixes share brokers without meeting. */
  kafkaTopicPrefix: string;
  eventsDatabaseUrl: string | undefined;
}

const publishDeadlineMs = 10_000;

/** The event log that the configuration names. Throws an Error that says which variable to set where it names none. */
export function createEventLog(choice: EventLogChoice, clientId: string): EventLog {
  const { kafkaBrokers, eventsDatabaseUrl } = choice;
  const transport = choice.eventTransport ?? (kafkaBrokers === undefined ? 'embedded' : 'kafka');
  if (transport === 'kafka') {
    if (kafkaBrokers === undefined) throw new Error('KAFKA_BROKERS: the event log is kafka, so brokers must be named');
    return withPrefix(
      createKafkaEventLog({ brokers: kafkaBrokers, clientId, publishDeadlineMs }),
      choice.kafkaTopicPrefix,
    );
  }
  if (eventsDatabaseUrl === undefined) {
    throw new Error('KAFKA_BROKERS: set it, or DATABASE_URL or EVENTS_DATABASE_URL for the embedded event log');
  }
  return createEmbeddedEventLog({ databaseUrl: eventsDatabaseUrl, publishDeadlineMs });
}

function withPrefix(log: EventLog, prefix: string): EventLog {
  if (prefix === '') return log;
  return {
    publish: (topic, records) => log.publish(prefix + topic, records),
    consume: (options) =>
      log.consume({
        ...options,
        topic: prefix + options.topic,
        group: prefix + options.group,
        deadLetterTopic: prefix + options.deadLetterTopic,
      }),
    readPositions: (topic, group) => log.readPositions(prefix + topic, prefix + group),
    checkHealth: () => log.checkHealth(),
    close: () => log.close(),
  };
}
