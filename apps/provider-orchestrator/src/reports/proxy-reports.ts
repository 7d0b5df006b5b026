import { type ProxyReport, proxyReport } from '@aggregator/contracts';
import { z } from 'zod';
import type { Database } from '../database/create-database.ts';

/** The last report of a proxy, and its time. */
export interface HeardReport {
  readonly report: ProxyReport;
  /** Unix milliseconds. */
  readonly lastSeenMs: number;
}

interface ReportsOptions {
  database: Database;
  proxiesMax: number;
  now(): number;
  /** Called at the first failure of a row of failures, and at the end of the row. */
  onFailure(error: unknown): void;
  onRecovery(): void;
}

/** A proxy that was silent for so long counts as gone. */
const silenceMsMax = 60_000;
const forgottenAfterMs = 10 * 60_000;
const retryMs = 1000;

const storedReport = z
  .object({ report: proxyReport, lastSeenAt: z.date() })
  .transform(({ report, lastSeenAt }): HeardReport => ({ report, lastSeenMs: lastSeenAt.getTime() }));

/**
 * The reports of all proxies, in the database, so that every instance returns the same. A report that this instance
 * received is also kept in memory: a proxy never waits for the database, and is heard while it is away. One write at a
 * time carries all that has come.
 */
export class ProxyReports {
  readonly #options: ReportsOptions;
  /** In the order of their last word. */
  readonly #heard = new Map<string, HeardReport>();
  readonly #unwritten = new Set<string>();
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isFailing = false;
  #isClosed = false;

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** True if the proxy says of a snapshot what it has not said before at this instance. */
  isNews({ proxyId, snapshot }: ProxyReport): boolean {
    const before = this.#heard.get(proxyId)?.report.snapshot ?? null;
    if (snapshot === null || before === null) return snapshot !== before;
    const { epoch, version, result } = before;
    return snapshot.epoch !== epoch || snapshot.version !== version || snapshot.result !== result;
  }

  /** Of more proxies than there is room for, the one that was silent longest is forgotten. */
  record(report: ProxyReport): void {
    const { proxiesMax, now } = this.#options;
    this.#heard.delete(report.proxyId);
    const oldest = this.#heard.size >= proxiesMax ? this.#heard.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#heard.delete(oldest);
      this.#unwritten.delete(oldest);
    }
    this.#heard.set(report.proxyId, { report, lastSeenMs: now() });
    this.#unwritten.add(report.proxyId);
    if (this.#timer === null) this.#write();
  }

  /** Last reports of all present proxies, by id; while the database is away, of the proxies that report to this instance. */
  async list(): Promise<HeardReport[]> {
    const sinceMs = this.#options.now() - silenceMsMax;
    const found = new Map<string, HeardReport>();
    for (const heard of [...(await this.#read(sinceMs)), ...this.#heard.values()]) {
      const known = found.get(heard.report.proxyId);
      const isNewer = known === undefined || heard.lastSeenMs >= known.lastSeenMs;
      if (heard.lastSeenMs >= sinceMs && isNewer) found.set(heard.report.proxyId, heard);
    }
    return [...found.values()].sort((a, b) => (a.report.proxyId < b.report.proxyId ? -1 : 1));
  }

  /** Ends after the write under way, and one more where something is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    if (this.#unwritten.size > 0 && !this.#isFailing) await this.#writeAll();
  }

  async #read(sinceMs: number): Promise<HeardReport[]> {
    try {
      const rows = await this.#options.database.proxyReport.findMany({
        where: { lastSeenAt: { gte: new Date(sinceMs) } },
        orderBy: { lastSeenAt: 'desc' },
        take: this.#options.proxiesMax,
      });
      // Of a row that another version of this service wrote, its proxy is heard again within seconds.
      return rows.flatMap((row) => storedReport.safeParse(row).data ?? []);
    } catch (error) {
      this.#noteFailure(error);
      return [];
    }
  }

  #write(): void {
    this.#timer = null;
    if (this.#writing !== null || this.#unwritten.size === 0) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#isClosed || this.#unwritten.size === 0) return;
      if (this.#isFailing) this.#timer = setTimeout(() => this.#write(), retryMs);
      else this.#write();
    });
  }

  async #writeAll(): Promise<void> {
    const { database, now } = this.#options;
    const written = [...this.#unwritten].flatMap((proxyId) => this.#heard.get(proxyId) ?? []);
    this.#unwritten.clear();
    const rows = written.map(({ report, lastSeenMs }) => ({ id: report.proxyId, report, at: new Date(lastSeenMs) }));
    const forgotten = new Date(now() - forgottenAfterMs);
    try {
      await database.$executeRaw`
        INSERT INTO proxy_report (proxy_id, report, last_seen_at)
        SELECT id, report, at
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS heard(id text, report jsonb, at timestamptz)
        ON CONFLICT (proxy_id) DO UPDATE SET report = excluded.report, last_seen_at = excluded.last_seen_at
        WHERE proxy_report.last_seen_at <= excluded.last_seen_at`;
      await database.proxyReport.deleteMany({ where: { lastSeenAt: { lt: forgotten } } });
      if (this.#isFailing) this.#options.onRecovery();
      this.#isFailing = false;
    } catch (error) {
      for (const { report } of written) if (this.#heard.has(report.proxyId)) this.#unwritten.add(report.proxyId);
      this.#noteFailure(error);
    }
  }

  #noteFailure(error: unknown): void {
    if (!this.#isFailing) this.#options.onFailure(error);
    this.#isFailing = true;
  }
}
