import type { Figure } from '../rule.ts';
import type { Sample } from './parse-metrics.ts';

export interface FigureBookOptions {
  /** Longest window that is read, in minutes. */
  minutesMax: number;
  /** Series in all; further ones are left out and counted. */
  seriesMax: number;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Last value of each process, and the round that brought it. */
  readonly values: Map<string, { value: number; atMs: number }>;
  /** Growth of all processes by minute, in a ring. */
  readonly growth: Float64Array;
  readonly minutes: Float64Array;
}

/** What one process reports at one time. */
export interface Report {
  /** Address of the process. */
  readonly target: string;
  readonly samples: readonly Sample[];
  /** Unix milliseconds; null if it is unknown. */
  readonly startedAtMs: number | null;
}

const minuteMs = 60_000;
/** A process that is silent for longer is forgotten. */
const silentMsMax = 10 * minuteMs;

/** The figures of all processes: the last values, and the growth of each counter in the last minutes. */
export class FigureBook {
  readonly #options: FigureBookOptions;
  readonly #byName = new Map<string, Map<string, Series>>();
  readonly #seenAt = new Map<string, number>();
  #roundMs: number | null = null;
  #seriesCount = 0;
  /** Series that found no room in the last round. */
  leftOut = 0;

  constructor(options: FigureBookOptions) {
    this.#options = options;
  }

  /**
   * Takes the reports of one round. A process without a report has no values until it reports again. A counter that is
   * smaller than before has started again from zero.
   */
  takeRound(reports: readonly Report[], nowMs: number): void {
    this.leftOut = 0;
    for (const { target, startedAtMs, samples } of reports) {
      // What a process counted before it was first seen has no time, unless all of it is since the last round.
      const isNew = this.#roundMs !== null && startedAtMs !== null && startedAtMs > this.#roundMs;
      const countsFromZero = isNew || this.#seenAt.has(target);
      for (const sample of samples) this.#take(target, sample, nowMs, countsFromZero);
    }
    for (const { target } of reports) this.#seenAt.set(target, nowMs);
    this.#roundMs = nowMs;
    this.#forget(nowMs);
  }

  /** Last values of a figure. `pod` is the address of the process. */
  readValues(figure: Figure): { labels: Readonly<Record<string, string>>; value: number }[] {
    return this.#find(figure).flatMap(({ labels, values }) =>
      [...values].flatMap(([target, { value, atMs }]) =>
        atMs === this.#roundMs ? [{ labels: { ...labels, pod: target }, value }] : [],
      ),
    );
  }

  /** How much a counter grew in the last minutes. A series that no process reports any more still counts. */
  readGrowth(figure: Figure, minutes: number, nowMs: number) {
    const last = Math.floor(nowMs / minuteMs);
    return this.#find(figure).map(({ labels, growth, minutes: at }) => {
      let value = 0;
      for (let minute = last - minutes + 1; minute <= last; minute += 1) {
        const place = minute % growth.length;
        if (at[place] === minute) value += growth[place] ?? 0;
      }
      return { labels, value };
    });
  }

  #find({ name, where = [] }: Figure): Series[] {
    const bySeries = this.#byName.get(name);
    if (bySeries === undefined) return [];
    return [...bySeries.values()].filter(({ labels }) =>
      where.every(({ label, is, value }) => {
        const own = labels[label] ?? '';
        const isEqual = is === '=' || is === '!=' ? own === value : new RegExp(`^(?:${value})$`).test(own);
        return isEqual === (is === '=' || is === '=~');
      }),
    );
  }

  #take(target: string, { name, labels, value }: Sample, nowMs: number, countsFromZero: boolean): void {
    const series = this.#open(name, labels);
    if (series === null) return;
    const before = series.values.get(target)?.value ?? (countsFromZero ? 0 : value);
    series.values.set(target, { value, atMs: nowMs });
    const minute = Math.floor(nowMs / minuteMs);
    const place = minute % series.growth.length;
    if (series.minutes[place] !== minute) {
      series.minutes[place] = minute;
      series.growth[place] = 0;
    }
    series.growth[place] = (series.growth[place] ?? 0) + (value < before ? value : value - before);
  }

  /** Drops processes that have been silent for long, and series that have neither a process nor growth. */
  #forget(nowMs: number): void {
    for (const [target, seenMs] of this.#seenAt) if (nowMs - seenMs > silentMsMax) this.#seenAt.delete(target);
    const oldest = Math.floor(nowMs / minuteMs) - this.#options.minutesMax;
    for (const bySeries of this.#byName.values()) {
      for (const [key, { values, minutes }] of bySeries) {
        for (const [target, { atMs }] of values) if (nowMs - atMs > silentMsMax) values.delete(target);
        if (values.size > 0 || minutes.some((minute) => minute > oldest)) continue;
        bySeries.delete(key);
        this.#seriesCount -= 1;
      }
    }
  }

  #open(name: string, labels: Readonly<Record<string, string>>): Series | null {
    const bySeries = this.#byName.get(name) ?? new Map<string, Series>();
    this.#byName.set(name, bySeries);
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const known = bySeries.get(key);
    if (known !== undefined) return known;
    if (this.#seriesCount >= this.#options.seriesMax) {
      this.leftOut += 1;
      return null;
    }
    this.#seriesCount += 1;
    const length = this.#options.minutesMax + 1;
    const minutes = new Float64Array(length).fill(-1);
    const series: Series = { labels, values: new Map(), growth: new Float64Array(length), minutes };
    bySeries.set(key, series);
    return series;
  }
}
