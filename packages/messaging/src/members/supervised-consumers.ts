import type { EventConsumer } from '../port.ts';
import { SupervisedConsumer } from './supervised-consumer.ts';

/** Joining may have to wait until every other member has finished its batch. */
const subscribeDeadlineMs = 60_000;

/** The open consumers of one event log. */
export class SupervisedConsumers {
  readonly #open = new Set<SupervisedConsumer>();
  #isClosed = false;

  /**
   * Opens a consumer and resolves once it is subscribed.
   * @throws {Error} After `close`, or if it is not subscribed within a minute.
   */
  async open(...parameters: ConstructorParameters<typeof SupervisedConsumer>): Promise<EventConsumer> {
    if (this.#isClosed) throw new Error('the event log is closed');
    const consumer = new SupervisedConsumer(...parameters);
    this.#open.add(consumer);
    await consumer.waitUntilSubscribed(subscribeDeadlineMs).catch((error) => {
      this.#open.delete(consumer);
      throw error;
    });
    return { close: () => this.#closeOne(consumer) };
  }

  /** Closes all; returns false if that was done before. */
  async close(): Promise<boolean> {
    if (this.#isClosed) return false;
    this.#isClosed = true;
    await Promise.all([...this.#open].map((consumer) => this.#closeOne(consumer)));
    return true;
  }

  async #closeOne(consumer: SupervisedConsumer): Promise<void> {
    await consumer.close();
    this.#open.delete(consumer);
  }
}
