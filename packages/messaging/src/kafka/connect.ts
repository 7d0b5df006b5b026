import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { calmRequestQueue } from './calm-request-queue.ts';

export interface KafkaConnectionOptions {
  /** `host:port`, at least one. */
  brokers: readonly string[];
  clientId: string;
  /** Of `toSecurityConfig`. */
  security?: Pick<KafkaConfig, 'ssl' | 'sasl'>;
  requestTimeoutMs: number;
  /** Called for connections that failed or were refused; the library's log has no other output. */
  onConnectionError?: (error: unknown) => void;
}

const connectTimeoutMsMax = 3_000;

/** The library with every wait bounded, its own log silenced and its request queues calmed. Opens no connection yet. */
export function createKafka(options: KafkaConnectionOptions): Kafka {
  const { brokers, clientId, security, requestTimeoutMs, onConnectionError } = options;
  calmRequestQueue();
  const connectTimeoutMs = Math.min(requestTimeoutMs, connectTimeoutMsMax);
  return new Kafka({
    brokers: [...brokers],
    clientId,
    ...security,
    connectionTimeout: connectTimeoutMs,
    authenticationTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: onConnectionError === undefined ? logLevel.NOTHING : logLevel.ERROR,
    logCreator: () => (entry) => {
      const { message } = entry.log;
      // The library has no event for a connection that is lost while it waits; this line is the only sign.
      const isConnectionLost = entry.namespace === 'Connection' && message.startsWith('Connection ');
      if (isConnectionLost) onConnectionError?.(new Error(message));
    },
  });
}
