import { ConfigError } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { createEventLog, type EventLogChoice } from './create-event-log.ts';

const kafka: EventLogChoice = { eventTransport: 'kafka', kafkaBrokers: ['127.0.0.1:1'] };

describe('the choice of an event log', () => {
  it.each<[string, EventLogChoice, string]>([
    ['Kafka without brokers', { eventTransport: 'kafka' }, 'KAFKA_BROKERS'],
    ['RabbitMQ without an address', { eventTransport: 'rabbitmq' }, 'RABBITMQ_URL'],
    ['NATS without an address', { eventTransport: 'nats' }, 'NATS_URL'],
    ['nothing at all', { eventTransport: undefined }, 'DATABASE_URL'],
    [
      'a mechanism without a password',
      { ...kafka, kafkaSaslMechanism: 'plain', kafkaSaslUsername: 'a' },
      'KAFKA_SASL_PASSWORD',
    ],
    [
      'tokens without an endpoint',
      { ...kafka, kafkaSaslMechanism: 'oauthbearer', kafkaSaslUsername: 'a', kafkaSaslPassword: 'b' },
      'KAFKA_OAUTH_TOKEN_URL',
    ],
    ['a certificate without a key', { ...kafka, kafkaTls: true, kafkaTlsCertificatePath: 'a' }, 'KAFKA_TLS_KEY_PATH'],
    ['an authority without TLS', { ...kafka, kafkaTlsCaPath: 'a' }, 'KAFKA_TLS'],
  ])('is refused with the name of the variable for %s', (_what, choice, variable) => {
    expect(() => createEventLog(choice, 'test')).toThrow(variable);
    expect(() => createEventLog(choice, 'test')).toThrow(ConfigError);
  });

  it('is Kafka where brokers are named and nothing else is said', async () => {
    const log = createEventLog({ eventTransport: undefined, kafkaBrokers: ['127.0.0.1:1'] }, 'test');
    await expect(log.checkHealth()).rejects.toThrow('127.0.0.1:1');
    await log.close();
  });
});
