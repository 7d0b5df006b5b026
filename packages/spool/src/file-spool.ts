import { AppError, toAppError } from '@aggregator/contracts';
import type { DirectoryLock } from '@aggregator/service-kit';
import { appendAtAnyCost } from './append-at-any-cost.ts';
import { BatchReader } from './batch-reader.ts';
import { writeCursor } from './cursor.ts';
import type { FileSpoolParts } from './file-spool-parts.ts';
import { toFullError } from './full-error.ts';
import { type GatheredMark, GatheredRecords } from './gathered-records.ts';
import type { OpenIntents } from './open-intents.ts';
import type {
  AbandonedIntent,
  Spool,
  SpoolDamage,
  SpoolIntent,
  SpoolOptions,
  SpoolProgress,
  SpoolSettlement,
} from './port.ts';
import { isReached, RecentSettlements } from './recent-settlements.ts';
import { frameBytes, RecordEncoder, requireFitting } from './record.ts';
import { toMarkJson } from './recover.ts';
import type { Reserve } from './reserve.ts';
import type { Position } from './segment-files.ts';
import type { SegmentLog } from './segment-log.ts';
import { ShipProgress } from './ship-progress.ts';
import { Shipper } from './shipper.ts';

/** Kept free for the settlement of each open intent. */
const settlementBytesReserved = 2048;
const refusedAtShare = 0.95;
/** How often a full disk is tried again. */
const healIntervalMs = 1000;
/** How often it is written down what is shipped: what a crash makes of it is shipped again, which changes nothing. */
const cursorIntervalMs = 1000;

/** The spool over its files. Appending is synchronous; flushing, shipping and deleting run behind. */
export class FileSpool implements Spool {
  readonly id: string;
  readonly abandonedIntents: readonly AbandonedIntent[];
  readonly damage: SpoolDamage;
  readonly #options: SpoolOptions;
  readonly #epoch: number;
  readonly #log: SegmentLog;
  readonly #reserve: Reserve;
  readonly #startReserve: Reserve;
  readonly #lock: DirectoryLock;
  readonly #encoder = new RecordEncoder();
  /** What is written with the next write, or at the end of this turn of the event loop. */
  readonly #gathered = new GatheredRecords();
  #gatheredTimer: NodeJS.Immediate | undefined;
  readonly #openIntents: OpenIntents;
  readonly #progress: ShipProgress;
  readonly #recent: RecentSettlements;
  readonly #shipper: Shipper;
  /** Settlements that the disk would not take; no more than there were open intents. */
  readonly #unwritten: string[] = [];
  #cursor: Position;
  #savedCursor: Position;
  #saveCursorAtMs = 0;
  #seq = 0;
  #healAtMs = 0;
  #tickTimer: NodeJS.Timeout | undefined;
  #tick: Promise<void> | undefined;
  #isTickWanted = false;
  #closed: Promise<void> | undefined;

  constructor({ options, identity, cursor, recovered, log, reserve, startReserve, lock }: FileSpoolParts) {
    this.id = identity.id;
    this.abandonedIntents = recovered.abandonedIntents;
    this.damage = recovered.damage;
    this.#options = options;
    this.#epoch = identity.epoch;
    this.#log = log;
    this.#reserve = reserve;
    this.#startReserve = startReserve;
    this.#lock = lock;
    this.#openIntents = recovered.openIntents;
    this.#progress = new ShipProgress(recovered.unshippedSettlements);
    this.#cursor = cursor;
    this.#savedCursor = cursor;
    this.#recent = new RecentSettlements(log.end);
    const { directory, shipBatchMax, onError } = options;
    this.#shipper = new Shipper({
      reader: new BatchReader(directory, log, this.#recent, onError),
      from: cursor,
      batchMax: shipBatchMax,
      ship: (events, texts) => options.ship(events, texts),
      onShipped: (count, end) => this.#advance(count, end),
      onError,
    });
    this.#wantTick();
  }

  prepareIntent(intent: SpoolIntent): void {
    const { eventId } = intent;
    const json = this.#admit(intent);
    if (this.#openIntents.has(eventId)) {
      this.#writeIntent(eventId, json);
      return;
    }
    this.#openIntents.place(eventId, json, null);
    this.#wantTick();
  }

  appendMark(eventId: string, mark: string): void {
    this.#checkOpen();
    this.#writeMark(eventId, toMarkJson(eventId, mark));
  }

  gatherMark(eventId: string, mark: string): () => void {
    this.#checkOpen();
    if (!this.#openIntents.has(eventId)) return () => undefined;
    const unwritten = this.#openIntents.findUnwritten(eventId);
    const gathered = this.#gathered.addMark(eventId, unwritten, toMarkJson(eventId, mark));
    this.#writeSoon();
    return () => {
      if (gathered.outcome === null) this.#writeGathered();
      if (gathered.outcome instanceof AppError) throw gathered.outcome;
    };
  }

  appendSettlement(settlement: SpoolSettlement): boolean {
    this.#checkOpen();
    if (!this.#openIntents.has(settlement.eventId)) return false;
    const spool = { id: this.id, epoch: this.#epoch, seq: this.#seq + 1 };
    const event = { ...settlement, spool };
    const json = JSON.stringify(event);
    requireFitting('settlement', json);
    this.#seq += 1;
    this.#openIntents.remove(settlement.eventId);
    this.#progress.addSettled();
    // Behind one that the disk did not take, none may go first.
    if (this.#unwritten.length > 0) this.#unwritten.push(json);
    else {
      this.#gathered.add(event, json);
      this.#writeSoon();
    }
    return true;
  }

  whenWritten(): Promise<void> {
    return this.#gathered.whenGone();
  }

  writeSettlements(): void {
    this.#writeGathered();
  }

  readFill(): number {
    return this.#isDiskFull() ? 1 : Math.min(1, this.#countBytes() / this.#options.bytesMax);
  }

  readProgress(): SpoolProgress {
    const { settled, shipped } = this.#progress;
    return { epoch: this.#epoch, seq: this.#seq, settled, shipped };
  }

  listOpenIntents(): string[] {
    return this.#openIntents.list();
  }

  hasOpenIntent(eventId: string): boolean {
    return this.#openIntents.has(eventId);
  }

  readPending(): { openIntents: number; unshippedSettlements: number } {
    return { openIntents: this.#openIntents.size, unshippedSettlements: this.#progress.unshipped };
  }

  waitUntilShipped(deadlineMs: number): Promise<void> {
    return this.#progress.wait(deadlineMs);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    clearTimeout(this.#tickTimer);
    try {
      await this.#shipper.stop();
      await this.#tick;
      this.#writeGathered();
      this.#writePrepared();
      this.#writeUnwritten();
      if (this.#unwritten.length > 0) {
        const internal = `spool closed with ${this.#unwritten.length} settlements that the disk did not take`;
        this.#options.onError(new AppError('internal_error', { internal }));
      }
      await this.#log.close();
      await this.#saveCursor();
    } finally {
      this.#lock.release();
    }
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new AppError('service_unavailable', { internal: 'the spool is closed' });
  }

  /** Returns the JSON of an intent that there is room for. */
  #admit({ eventId, time, body }: SpoolIntent): string {
    this.#checkOpen();
    const json = JSON.stringify({ eventId, time, body });
    requireFitting('intent', json);
    const bytes = this.#countBytes() + json.length + frameBytes + settlementBytesReserved;
    if (this.#isDiskFull() || bytes > this.#options.bytesMax * refusedAtShare) {
      throw toFullError(`spool is ${Math.round(this.readFill() * 100)} % full`);
    }
    return json;
  }

  #writeIntent(eventId: string, json: string): void {
    this.#writeGathered();
    try {
      this.#openIntents.place(eventId, json, this.#log.append(this.#encoder.encode('intent', json)));
    } catch (cause) {
      throw toFullError('the disk did not take an intent', cause);
    }
    this.#wantTick();
  }

  /** Writes a mark now; with its intent, and all that is gathered before them, if that is not written yet. */
  #writeMark(eventId: string, json: string): void {
    if (!this.#openIntents.has(eventId)) return;
    const intentJson = this.#openIntents.findUnwritten(eventId);
    if (intentJson !== null) this.#writeMarked(eventId, intentJson, json);
    else if (!this.#appendAtAnyCost(this.#encoder.encode('mark', json))) {
      throw toFullError('the disk did not take a mark');
    }
    this.#openIntents.mark(eventId, json);
    this.#wantTick();
  }

  #writeMarked(eventId: string, json: string, markJson: string): void {
    try {
      this.#gathered.writeWith(json, markJson, (bytes) => this.#log.append(bytes));
    } catch (cause) {
      throw toFullError('the disk did not take an intent', cause);
    }
    this.#openIntents.place(eventId, json, this.#log.active);
    this.#noteWritten();
  }

  #writeSoon(): void {
    this.#wantTick();
    if (this.#gathered.isFull(this.#options.segmentBytesMax / 2)) this.#writeGathered();
    else this.#gatheredTimer ??= setImmediate(() => this.#writeGathered());
  }

  #writeGathered(): void {
    clearImmediate(this.#gatheredTimer);
    this.#gatheredTimer = undefined;
    if (this.#gathered.isEmpty || this.#tryWriteGathered()) return;
    const marks = this.#gathered.takeMarks();
    // The settlements go first, at any cost; then each mark as far as the disk takes it.
    if (!this.#gathered.isEmpty && this.#appendAtAnyCost(this.#gathered.bytes)) this.#noteWritten();
    else this.#unwritten.push(...this.#gathered.takeTexts());
    for (const mark of marks) this.#writeAlone(mark);
  }

  #tryWriteGathered(): boolean {
    try {
      this.#log.append(this.#gathered.bytes);
    } catch {
      return false;
    }
    this.#noteWritten();
    return true;
  }

  #writeAlone(mark: GatheredMark): void {
    try {
      this.#writeMark(mark.eventId, mark.markJson);
      mark.outcome = 'written';
    } catch (error) {
      mark.outcome = toAppError(error);
    }
  }

  /** All that is gathered was written at the log's end. */
  #noteWritten(): void {
    const { settlements, marks } = this.#gathered.takeWritten(this.#log.end);
    this.#openIntents.noteMarks(marks, this.#log.active);
    for (const settlement of settlements) this.#recent.add(settlement);
    if (settlements.length > 0) this.#shipper.wake();
  }

  /** What the disk does not take is not sent either: its mark is rejected. */
  #writePrepared(): void {
    try {
      this.#openIntents.writePrepared(this.#log, this.#encoder);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  #countBytes(): number {
    return (
      this.#log.bytes +
      this.#gathered.settlementBytes +
      this.#openIntents.unwrittenBytes +
      (this.#openIntents.size + this.#unwritten.length) * settlementBytesReserved
    );
  }

  #isDiskFull(): boolean {
    return !this.#reserve.isHeld || this.#unwritten.length > 0;
  }

  #appendAtAnyCost(record: Buffer): boolean {
    return appendAtAnyCost(this.#log, record, this.#reserve, this.#options.onError);
  }

  #writeUnwritten(): void {
    for (let json = this.#unwritten[0]; json !== undefined; json = this.#unwritten[0]) {
      if (!this.#appendAtAnyCost(this.#encoder.encode('settlement', json))) return;
      this.#unwritten.shift();
      this.#recent.restart(this.#log.end);
      this.#shipper.wake();
    }
  }

  /** Asks for a flush within the interval; one runs at a time. */
  #wantTick(): void {
    this.#isTickWanted = true;
    if (this.#tickTimer !== undefined || this.#tick !== undefined || this.#closed !== undefined) return;
    this.#tickTimer = setTimeout(() => {
      this.#tickTimer = undefined;
      this.#tick = this.#runTick();
    }, this.#options.flushIntervalMs);
    this.#tickTimer.unref();
  }

  async #runTick(): Promise<void> {
    this.#isTickWanted = false;
    try {
      this.#healDisk();
      this.#writeGathered();
      this.#writePrepared();
      await this.#log.flush();
      if (performance.now() >= this.#saveCursorAtMs) await this.#saveCursor();
    } catch (error) {
      this.#options.onError(error);
    }
    this.#tick = undefined;
    if (this.#isTickWanted || this.#isDiskFull() || this.#cursor !== this.#savedCursor) this.#wantTick();
  }

  #healDisk(): void {
    if (!this.#isDiskFull() || performance.now() < this.#healAtMs) return;
    this.#healAtMs = performance.now() + healIntervalMs;
    this.#writeUnwritten();
    if (this.#unwritten.length === 0 && this.#startReserve.tryHold()) this.#reserve.tryHold();
  }

  async #saveCursor(): Promise<void> {
    const cursor = this.#cursor;
    if (cursor === this.#savedCursor) return;
    this.#saveCursorAtMs = performance.now() + cursorIntervalMs;
    await writeCursor(this.#options.directory, cursor);
    this.#savedCursor = cursor;
  }

  async #advance(count: number, end: Position): Promise<void> {
    this.#cursor = end;
    // At the log's end everything is shipped, also if a settlement was counted and is damaged now.
    const isAtEnd = this.#unwritten.length === 0 && this.#gathered.isEmpty && isReached(this.#log.end, end);
    this.#progress.addShipped(isAtEnd ? this.#progress.unshipped : count);
    this.#wantTick();
    try {
      await this.#dropFinished();
    } catch (error) {
      // A file that could not be deleted is tried again after the next batch; shipping continues.
      this.#options.onError(error);
    }
  }

  /**
   * Oldest first and never around one that stays: if a settlement went before its intent, the intent would seem abandoned.
   * Intents that are open for long are written again at the log's end, so that they do not keep all that came after them.
   */
  async #dropFinished(): Promise<void> {
    // Before its intent goes, a settlement is in the log.
    this.#writeGathered();
    for (let oldest = this.#log.oldestFinished; oldest !== undefined; oldest = this.#log.oldestFinished) {
      if (!isReached({ segment: oldest.number, offset: oldest.bytes }, this.#cursor)) return;
      if (oldest.openIntents > 0) {
        // Only while most of the log is of no more use: else the same intents would be written round and round.
        if (this.#log.segmentCount < 3 || this.#log.bytes < 4 * this.#openIntents.bytes) return;
        this.#openIntents.carryForward(oldest, this.#log, this.#encoder);
        await this.#log.flush();
      }
      await this.#log.dropOldestFinished();
      this.#writeGathered();
    }
  }
}
