import { FigureBook, type Report } from './figures/figure-book.ts';
import { type Active, judgeRule, toKey } from './judge-rule.ts';
import { readFigures, windowOf } from './read-figures.ts';
import type { AlertRule } from './rule.ts';

/** A cause that has held for as long as its rule asks. */
export interface DueAlert extends Active {
  /** Unix milliseconds: since when the cause holds. */
  readonly sinceMs: number;
}

export interface WatchRound {
  readonly nowMs: number;
  readonly reports: readonly Report[];
  /** Services of the installation, and those with a process that answers. */
  readonly services: readonly string[];
  readonly servicesUp: ReadonlySet<string>;
}

export interface WatchResult {
  readonly due: readonly DueAlert[];
  /**
   * True if an alert whose cause does not hold may be cleared: the cause has been away for a while, and this watch has seen
   * the whole window of the rule.
   */
  mayClear(rule: AlertRule, labels: Readonly<Record<string, string>>): boolean;
}

const minuteMs = 60_000;
/** An alert is cleared after its cause was away for so long: a cause that comes and goes is one alert. */
export const clearAfterMs = 2 * minuteMs;
/** Alerts of one rule at once. */
const alertsPerRuleMax = 50;
const seriesMax = 20_000;

/** Name and labels of an alert: two with equal ones are the same alert. */
export const toAlertKey = (ruleName: string, labels: Readonly<Record<string, string>>) =>
  `${ruleName} ${toKey(labels)}`;

/** Judges every rule again and again, and knows since when each cause holds. */
export class AlertWatch {
  readonly #rules: readonly AlertRule[];
  readonly #book: FigureBook;
  readonly #since = new Map<string, number>();
  /** When a cause held last. */
  readonly #heldAt = new Map<string, number>();
  #startedMs: number | null = null;

  constructor(rules: readonly AlertRule[]) {
    this.#rules = rules;
    const minutesMax = Math.max(1, ...readFigures(rules).values());
    this.#book = new FigureBook({ minutesMax, seriesMax });
  }

  /** Series that found no room in the last round. */
  get leftOut(): number {
    return this.#book.leftOut;
  }

  judge({ nowMs, reports, services, servicesUp }: WatchRound): WatchResult {
    this.#startedMs ??= nowMs;
    const startedMs = this.#startedMs;
    this.#book.takeRound(reports, nowMs);
    const evaluation = { book: this.#book, nowMs, services, servicesUp };
    const active = this.#rules.flatMap((rule) => judgeRule(rule, evaluation).slice(0, alertsPerRuleMax));
    const keys = new Set<string>();
    const due = active.flatMap(({ rule, labels }) => {
      const key = toAlertKey(rule.name, labels);
      keys.add(key);
      const sinceMs = this.#since.get(key) ?? nowMs;
      this.#since.set(key, sinceMs);
      return nowMs - sinceMs >= rule.forMinutes * minuteMs ? [{ rule, labels, sinceMs }] : [];
    });
    for (const key of this.#since.keys()) if (!keys.has(key)) this.#since.delete(key);
    for (const key of keys) this.#heldAt.set(key, nowMs);
    for (const [key, atMs] of this.#heldAt) if (nowMs - atMs > clearAfterMs) this.#heldAt.delete(key);
    return {
      due,
      mayClear: (rule, labels) => {
        const heldMs = this.#heldAt.get(toAlertKey(rule.name, labels)) ?? startedMs;
        return nowMs - heldMs >= clearAfterMs && nowMs - startedMs >= windowOf(rule) * minuteMs;
      },
    };
  }
}
