import { billingTransactionTopic, usageRecordedTopic } from '@aggregator/contracts';
import { ConfigError } from '@aggregator/service-kit';
import { createEmbeddedEventLog } from './embedded/embedded-event-log.ts';
import { createKafkaEventLog } from './kafka/kafka-event-log.ts';
import type { KafkaSecurity } from './kafka/security.ts';
import { createNatsEventLog } from './nats/nats-event-log.ts';
import type { EventLog } from './port.ts';
import { createRabbitMqEventLog } from './rabbitmq/rabbitmq-event-log.ts';

export interface EventLogChoice {
  /** Unset: Kafka where brokers are named. */
  eventTransport: 'kafka' | 'rabbitmq' | 'nats' | 'embedded' | undefined;
  kafkaBrokers?: readonly string[] | undefined;
  kafkaTls?: boolean | undefined;
  kafkaTlsCaPath?: string | undefined;
  kafkaTlsCertificatePath?: string | undefined;
  kafkaTlsKeyPath?: string | undefined;
  kafkaSaslMechanism?: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'oauthbearer' | undefined;
  kafkaSaslUsername?: string | undefined;
  kafkaSaslPassword?: string | undefined;
  kafkaOauthTokenUrl?: string | undefined;
  kafkaOauthScope?: string | undefined;
  rabbitmqUrl?: string | undefined;
  natsServers?: readonly string[] | undefined;
  /** Of streams that are new. */
  natsReplicas?: number | undefined;
  /** Before every topic and group; installations with different prefixes share a server without meeting. */
  eventTopicPrefix?: string | undefined;
  eventsDatabaseUrl?: string | undefined;
}

const publishDeadlineMs = 10_000;

/** Types of events outside, by topic: routing keys of RabbitMQ and headers of NATS. */
const types = { [usageRecordedTopic]: 'ai_usage', [billingTransactionTopic]: 'transaction_created' };
/** Streams of RabbitMQ with names of their own, by topic and group. */
const streams = { [usageRecordedTopic]: { billing: 'billing.usage', analytics: 'analytics.events' } };

/**
 * Returns the event log that the configuration names.
 * @throws {ConfigError} with the variable to set.
 */
export function createEventLog(choice: EventLogChoice, clientId: string): EventLog {
  const transport = choice.eventTransport ?? (choice.kafkaBrokers === undefined ? 'embedded' : 'kafka');
  const prefix = choice.eventTopicPrefix ?? '';
  const log = create(transport, choice, clientId, prefix);
  return prefix === '' || transport === 'embedded' ? log : withPrefix(log, prefix);
}

function create(transport: keyof typeof creators, ...choice: Parameters<Create>): EventLog {
  try {
    return creators[transport](...choice);
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

type Create = (choice: EventLogChoice, clientId: string, prefix: string) => EventLog;

const creators: Readonly<Record<NonNullable<EventLogChoice['eventTransport']>, Create>> = {
  kafka(choice, clientId) {
    const { kafkaBrokers: brokers } = choice;
    if (brokers === undefined) throw new Error('KAFKA_BROKERS: the event log is kafka, so brokers must be named');
    return createKafkaEventLog({ brokers, clientId, publishDeadlineMs, security: toKafkaSecurity(choice) });
  },
  rabbitmq({ rabbitmqUrl }, clientId, prefix) {
    if (rabbitmqUrl === undefined) throw new Error('RABBITMQ_URL: the event log is rabbitmq, so it must be set');
    return createRabbitMqEventLog({
      ...{ url: rabbitmqUrl, clientId, publishDeadlineMs },
      types: mapKeys(types, prefix),
      streams: Object.fromEntries(
        Object.entries(streams).map(([topic, byGroup]) => [
          prefix + topic,
          Object.fromEntries(Object.entries(byGroup).map(([group, name]) => [prefix + group, prefix + name])),
        ]),
      ),
    });
  },
  nats({ natsServers, natsReplicas }, clientId, prefix) {
    if (natsServers === undefined) throw new Error('NATS_URL: the event log is nats, so it must be set');
    const options = { servers: natsServers, clientId, publishDeadlineMs, types: mapKeys(types, prefix) };
    return createNatsEventLog({ ...options, ...(natsReplicas !== undefined && { replicas: natsReplicas }) });
  },
  embedded({ eventsDatabaseUrl }) {
    if (eventsDatabaseUrl === undefined) {
      throw new Error('KAFKA_BROKERS: set it, or DATABASE_URL or EVENTS_DATABASE_URL for the embedded event log');
    }
    return createEmbeddedEventLog({ databaseUrl: eventsDatabaseUrl, publishDeadlineMs });
  },
};

function toKafkaSecurity(choice: EventLogChoice): KafkaSecurity {
  const {
    kafkaTls,
    kafkaTlsCaPath: caPath,
    kafkaTlsCertificatePath: certificatePath,
    kafkaTlsKeyPath: keyPath,
  } = choice;
  if ((certificatePath === undefined) !== (keyPath === undefined)) {
    throw new Error('KAFKA_TLS_CERTIFICATE_PATH, KAFKA_TLS_KEY_PATH: set both or neither');
  }
  if (kafkaTls !== true && (caPath ?? keyPath) !== undefined) {
    throw new Error('KAFKA_TLS: files for it are named, so it must be true');
  }
  return { ...(kafkaTls === true && { tls: { caPath, certificatePath, keyPath } }), sasl: toSasl(choice) };
}

function toSasl(choice: EventLogChoice): KafkaSecurity['sasl'] {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = choice;
  if (mechanism === undefined) return undefined;
  if (username === undefined || password === undefined) {
    throw new Error(`KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: must be set for ${mechanism}`);
  }
  if (mechanism !== 'oauthbearer') return { mechanism, username, password };
  const { kafkaOauthTokenUrl: tokenUrl, kafkaOauthScope: scope } = choice;
  if (tokenUrl === undefined) throw new Error('KAFKA_OAUTH_TOKEN_URL: must be set for oauthbearer');
  return { mechanism, client: { tokenUrl, clientId: username, clientSecret: password, scope } };
}

function mapKeys<T>(entries: Readonly<Record<string, T>>, prefix: string): Record<string, T> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [prefix + key, value]));
}

function withPrefix(log: EventLog, prefix: string): EventLog {
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
