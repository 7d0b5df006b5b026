import { randomBytes } from 'node:crypto';
import {
  type Clock,
  type EventRecorder,
  type EventSubject,
  type KubernetesConnection,
  KubernetesError,
} from '../port.ts';
import { resourcePath } from '../resource-path.ts';
import { systemClock } from '../time/system-clock.ts';

export interface EventRecorderOptions {
  readonly connection: KubernetesConnection;
  /** The component that reports, and its instance, usually the pod's name. */
  readonly component: string;
  readonly instance: string;
  onError?(error: unknown): void;
  onDropped?(): void;
  readonly clock?: Clock;
}

interface Entry {
  readonly subject: EventSubject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly name: string;
  readonly firstWallMs: number;
  readonly bornAtMs: number;
  lastWallMs: number;
  count: number;
  isWritten: boolean;
}

const sameWithinMs = 300_000;
const entriesMax = 1000;
const waitingMax = 256;
const messageLengthMax = 1024;
const writeDeadlineMs = 5000;
const closeWaitMs = 2000;
const eventKind = { group: '', version: 'v1', plural: 'events', kind: 'Event' };

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  return new Recorder(options);
}

/** A message that is repeated within five minutes raises the count of its first Event. Writes one after the other. */
class Recorder implements EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  /** Keys of entries that differ from what the API server has. */
  readonly #waiting = new Set<string>();
  readonly #stop = new AbortController();
  #writing: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  record(subject: EventSubject, type: 'Normal' | 'Warning', reason: string, fullMessage: string): void {
    if (this.#isClosed) return;
    const message = fullMessage.slice(0, messageLengthMax);
    const key = JSON.stringify([subject.uid, subject.namespace, subject.name, type, reason, message]);
    if (!this.#waiting.has(key) && this.#waiting.size >= waitingMax) {
      this.#options.onDropped?.();
      return;
    }
    const entry = this.#entryOf(key) ?? this.#createEntry(key, { subject, type, reason, message });
    entry.count += 1;
    entry.lastWallMs = this.#clock.wallMs();
    this.#waiting.add(key);
    this.#writing ??= this.#writeAll();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const cancel = this.#clock.after(closeWaitMs, () => this.#stop.abort());
    await this.#writing;
    cancel();
  }

  #entryOf(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#clock.nowMs() - entry.bornAtMs < sameWithinMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  #createEntry(key: string, said: Pick<Entry, 'subject' | 'type' | 'reason' | 'message'>): Entry {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= entriesMax && oldest !== undefined) this.#entries.delete(oldest);
    const wallMs = this.#clock.wallMs();
    const entry: Entry = {
      ...said,
      // A name has at most 253 characters.
      name: `${said.subject.name.slice(0, 230)}.${randomBytes(8).toString('hex')}`,
      firstWallMs: wallMs,
      lastWallMs: wallMs,
      bornAtMs: this.#clock.nowMs(),
      count: 0,
      isWritten: false,
    };
    this.#entries.set(key, entry);
    return entry;
  }

  async #writeAll(): Promise<void> {
    // Not within the caller's record(): what it says twice in a row is one write.
    await Promise.resolve();
    for (const key of this.#waiting) {
      this.#waiting.delete(key);
      const entry = this.#entries.get(key);
      if (entry !== undefined && !this.#stop.signal.aborted) await this.#write(key, entry);
    }
    this.#writing = undefined;
  }

  async #write(key: string, entry: Entry): Promise<void> {
    const namespace = entry.subject.namespace === '' ? 'default' : entry.subject.namespace;
    const limits = { deadlineMs: writeDeadlineMs, signal: this.#stop.signal };
    const counted = { count: entry.count, lastTimestamp: toTime(entry.lastWallMs) };
    try {
      if (entry.isWritten) {
        const path = resourcePath(eventKind, { namespace, name: entry.name });
        const contentType = 'application/merge-patch+json';
        await this.#options.connection.request({ method: 'PATCH', path, body: counted, contentType, ...limits });
      } else {
        const path = resourcePath(eventKind, { namespace });
        const body = { ...this.#bodyOf(entry, namespace), ...counted };
        await this.#options.connection.request({ method: 'POST', path, body, ...limits });
        entry.isWritten = true;
      }
    } catch (error) {
      const isKnown = error instanceof KubernetesError && error.status === 409;
      if (isKnown) entry.isWritten = true;
      else this.#entries.delete(key);
      this.#options.onError?.(error);
    }
  }

  #bodyOf(entry: Entry, namespace: string) {
    const { subject, type, reason, message, name } = entry;
    const { component, instance } = this.#options;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: { ...subject, namespace: subject.namespace === '' ? undefined : subject.namespace },
      type,
      reason,
      message,
      source: { component },
      reportingComponent: component,
      reportingInstance: instance,
      firstTimestamp: toTime(entry.firstWallMs),
    };
  }
}

/** A Time has no fractions. */
function toTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
