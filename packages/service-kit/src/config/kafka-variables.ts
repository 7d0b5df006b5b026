import { z } from 'zod';
import { flag } from './common-variables.ts';
import { variable } from './read-config.ts';

/** Where Kafka is, and how a service identifies itself there. */
export const kafkaVariables = {
  kafkaBrokers: variable(
    'KAFKA_BROKERS',
    z
      .string()
      .transform((text) => text.split(',').map((broker) => broker.trim()))
      .pipe(z.array(z.string().regex(/^[^\s:]+:\d+$/, 'must be host:port, separated by commas')).min(1))
      .optional(),
    'Kafka brokers as host:port, separated by commas.',
    { aliases: ['AGG_KAFKA_BROKERS'] },
  ),
  kafkaTls: variable('KAFKA_TLS', flag.default(false), 'Whether brokers are reached over TLS.'),
  kafkaTlsCaPath: variable(
    'KAFKA_TLS_CA_PATH',
    z.string().optional(),
    'File of PEM certificates that brokers are verified with; unset, those of the runtime and NODE_EXTRA_CA_CERTS.',
  ),
  kafkaTlsCertificatePath: variable(
    'KAFKA_TLS_CERTIFICATE_PATH',
    z.string().optional(),
    'File of the PEM certificate by which a service identifies itself to brokers; with KAFKA_TLS_KEY_PATH.',
  ),
  kafkaTlsKeyPath: variable('KAFKA_TLS_KEY_PATH', z.string().optional(), 'File of the PEM key of that certificate.'),
  kafkaSaslMechanism: variable(
    'KAFKA_SASL_MECHANISM',
    z.enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']).optional(),
    'How a service logs in to brokers; unset, not at all. Use it with KAFKA_TLS=true: plain sends the password.',
  ),
  kafkaSaslUsername: variable(
    'KAFKA_SASL_USERNAME',
    z.string().min(1).optional(),
    'Name for KAFKA_SASL_MECHANISM; for oauthbearer, the client id.',
  ),
  kafkaSaslPassword: variable(
    'KAFKA_SASL_PASSWORD',
    z.string().min(1).optional(),
    'Password for KAFKA_SASL_MECHANISM; for oauthbearer, the client secret.',
    { isSecret: true },
  ),
  kafkaOauthTokenUrl: variable(
    'KAFKA_OAUTH_TOKEN_URL',
    z.url({ protocol: /^https?$/ }).optional(),
    'Token endpoint for oauthbearer, asked with client credentials (RFC 6749 section 4.4).',
  ),
  kafkaOauthScope: variable('KAFKA_OAUTH_SCOPE', z.string().optional(), 'Scope that is asked for, if any.'),
};
