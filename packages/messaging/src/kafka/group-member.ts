import { withDeadline } from '@aggregator/service-kit';
import type { Consumer, Kafka } from 'kafkajs';
import type { Member } from '../members/supervised-consumer.ts';
import type { ConsumeOptions, EventLog } from '../port.ts';
import { reportError } from '../report-error.ts';
import { BatchRunner } from './batch-runner.ts';

const heartbeatIntervalMs = 3_000;
/** Also how long a group may pause after its broker has died with the members' farewells unheard. */
const sessionTimeoutMs = 15_000;
const rebalanceTimeoutMs = 60_000;
/** Longest wait of an idle fetch; also bounds how long leaving takes. Records are fetched as soon as there are any. */
const fetchWaitMs = 1_000;
const leaveDeadlineMs = 10_000;
/** No sign of life for longer than joining may take: the library has stopped silently. */
const silenceMsMax = rebalanceTimeoutMs + 60_000;
const silenceCheckIntervalMs = 5_000;

export type CreateKafka = (onConnectionError: (error: unknown) => void) => Kafka;

/** One life of the library's consumer: joins, consumes, and ends for good at the first failure it cannot retry. */
export class GroupMember implements Member {
  readonly joined: Promise<void>;
  readonly ended: Promise<unknown>;
  readonly #consumer: Consumer;
  readonly #runner: BatchRunner;
  readonly #starting: Promise<void>;
  readonly #silenceCheck: NodeJS.Timeout;
  readonly #end: (reason: unknown) => void;
  #lastSignMs = performance.now();
  #isStopping = false;
  #isLossReported = false;

  constructor(createKafka: CreateKafka, options: ConsumeOptions, publish: EventLog['publish']) {
    const joined = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    this.joined = joined.promise;
    this.ended = ended.promise;
    this.#end = ended.resolve;
    this.#runner = new BatchRunner(options, publish, heartbeatIntervalMs);
    const kafka = createKafka((error) => this.#reportLoss(error, options));
    this.#consumer = kafka.consumer({
      groupId: options.group,
      allowAutoTopicCreation: false,
      heartbeatInterval: heartbeatIntervalMs,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: fetchWaitMs,
      // Who supervises this member makes a new one; two who restart would be two consumers.
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: async () => false },
    });
    this.#watch(joined.resolve);
    this.#silenceCheck = setInterval(() => this.#endIfSilent(), silenceCheckIntervalMs);
    this.#starting = this.#start(options.topic).catch(ended.resolve);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#silenceCheck);
    this.#end(undefined);
    await this.#runner.stop();
    // Only what has started can be stopped: the library would still join and keep the partitions, handling nothing.
    const left = this.#starting.then(() => this.#consumer.disconnect());
    await withDeadline(left, leaveDeadlineMs, 'leaving the group');
  }

  async #start(topic: string): Promise<void> {
    await this.#consumer.connect();
    if (this.#isStopping) return;
    await this.#consumer.subscribe({ topics: [topic], fromBeginning: true });
    if (this.#isStopping) return;
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#runner.run(payload),
    });
  }

  #watch(onJoin: () => void): void {
    const { events } = this.#consumer;
    const sign = () => {
      this.#lastSignMs = performance.now();
    };
    this.#consumer.on(events.GROUP_JOIN, () => {
      sign();
      onJoin();
    });
    this.#consumer.on(events.FETCH, () => {
      sign();
      this.#isLossReported = false;
    });
    this.#consumer.on(events.HEARTBEAT, sign);
    this.#consumer.on(events.END_BATCH_PROCESS, sign);
    this.#consumer.on(events.FETCH_START, () => this.#runner.acceptAgain());
    this.#consumer.on(events.CRASH, ({ payload }) => this.#end(payload.error));
  }

  /** Once for each outage: the library tries again several times a second. */
  #reportLoss(error: unknown, { onError }: ConsumeOptions): void {
    if (this.#isLossReported || this.#isStopping) return;
    this.#isLossReported = true;
    reportError(onError, error);
  }

  #endIfSilent(): void {
    const silentMs = performance.now() - this.#lastSignMs;
    if (silentMs > silenceMsMax && !this.#runner.isBusy) this.#end(new Error('the consumer fell silent'));
  }
}
