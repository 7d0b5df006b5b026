import type { ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';
import { closeQuietly } from '../close-quietly.ts';
import { fromTokenMessage, type PositionToken, toTokenBody } from './position-token.ts';

export interface ClaimOptions {
  connection: ChannelModel;
  /** Queue of claims of one partition and group. */
  queue: string;
  /** Is called once, when this member may read the partition from `position` on. */
  onActive(position: bigint): void;
  /** Is called while it is active, when another claim waits for the partition. */
  onPeer(tokenId: string): void;
  /** Is called once if the claim is lost, not if it is closed here. */
  onLost(reason: unknown): void;
}

/** Below the time after which a broker closes a channel that has not acknowledged a message: 30 minutes. */
const refreshIntervalMs = 5 * 60_000;
/** How often a waiting member announces itself: members join and leave, so the reader may be another one by now. */
const waitIntervalMs = 15_000;

/** One member's claim of one partition, waiting or active, on its own channel. Closing the channel gives it up. */
export class PartitionClaim {
  readonly #options: ClaimOptions;
  /** Unique, so that an earlier claim's token is not taken for this one's. */
  readonly #tokenId: string;
  #channel: ConfirmChannel | undefined;
  #isActive = false;
  #isClosed = false;
  /** Holds the position in the queue: the newest token is acknowledged only when a newer one has come. */
  #newest: { message: ConsumeMessage; position: bigint } | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ClaimOptions, tokenId: string) {
    this.#options = options;
    this.#tokenId = tokenId;
  }

  async open(): Promise<void> {
    const channel = await this.#options.connection.createConfirmChannel();
    this.#channel = channel;
    channel.on('error', (error) => this.#lose(error));
    channel.on('close', () => this.#lose(new Error('a channel was closed')));
    await channel.consume(this.#options.queue, (message) => this.#take(message));
    this.#timer = setInterval(() => this.#repeat(0n), waitIntervalMs);
    await this.commit(0n);
  }

  /** The channel on which the partition is to be read, so that giving up the claim ends the reading. */
  get channel(): ConfirmChannel {
    if (this.#channel === undefined) throw new Error('the claim is not open');
    return this.#channel;
  }

  /** Resolves when the broker has the group's position. */
  commit(position: bigint): Promise<void> {
    const body = toTokenBody({ id: this.#tokenId, position: position.toString(), isMember: true });
    return new Promise((resolve, reject) => {
      this.channel.sendToQueue(this.#options.queue, body, { persistent: true }, (error: unknown) =>
        error === null || error === undefined ? resolve() : reject(error),
      );
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    if (this.#channel !== undefined) await closeQuietly(this.#channel);
  }

  #take(message: ConsumeMessage | null): void {
    if (this.#isClosed) return;
    if (message === null) {
      this.#lose(new Error('the broker has cancelled a claim'));
      return;
    }
    const token = fromTokenMessage(message);
    if (token !== null) this.#answer(message, token);
    this.#keepNewest(message, BigInt(token?.position ?? 0));
    if (token?.id !== this.#tokenId || this.#isActive) {
      if (this.#isActive && token?.isMember === true && token.id !== this.#tokenId) this.#options.onPeer(token.id);
      return;
    }
    this.#isActive = true;
    const position = this.#newest?.position ?? 0n;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#repeat(this.#newest?.position ?? 0n), refreshIntervalMs);
    this.#options.onActive(position);
  }

  /** Of two tokens the one with the lower position is dropped. Of equal ones the older is: its time is running out. */
  #keepNewest(message: ConsumeMessage, position: bigint): void {
    const newest = this.#newest;
    const isNewest = newest === undefined || position >= newest.position;
    if (isNewest) this.#newest = { message, position };
    const dropped = isNewest ? newest?.message : message;
    if (dropped !== undefined) this.channel.ack(dropped);
  }

  /** Sends the position to the member that asks for it. */
  #answer({ properties }: ConsumeMessage, { isMember }: PositionToken): void {
    if (isMember || typeof properties.replyTo !== 'string') return;
    const position = (this.#newest?.position ?? 0n).toString();
    this.channel.sendToQueue(properties.replyTo, toTokenBody({ id: this.#tokenId, position, isMember: true }));
  }

  #repeat(position: bigint): void {
    this.commit(position).catch((error) => this.#lose(error));
  }

  #lose(reason: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#options.onLost(reason);
  }
}
