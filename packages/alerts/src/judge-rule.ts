import type { FigureBook } from './figures/figure-book.ts';
import type { AlertRule, Condition, Reading } from './rule.ts';

/** A cause that holds now. */
export interface Active {
  readonly rule: AlertRule;
  /** Of `by`, or `service`. */
  readonly labels: Readonly<Record<string, string>>;
}

type Value = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

export interface Evaluation {
  readonly book: FigureBook;
  readonly nowMs: number;
  /** Services that an installation has, and those of them with a process that answers. */
  readonly services: readonly string[];
  readonly servicesUp: ReadonlySet<string>;
}

/** Returns the causes of a rule that hold, one for each value of its labels. A rule for Prometheus alone has none. */
export function judgeRule(rule: AlertRule, evaluation: Evaluation): Active[] {
  const { cause } = rule;
  if ('promql' in cause) return [];
  if ('serviceDown' in cause) {
    const down = evaluation.services.filter((service) => !evaluation.servicesUp.has(service));
    return down.map((service) => ({ rule, labels: { service } }));
  }
  const byLabels = new Map<string, Active>();
  for (const condition of cause.anyOf) {
    for (const { labels } of findHolding(condition, evaluation)) byLabels.set(toKey(labels), { rule, labels });
  }
  return [...byLabels.values()];
}

/** Returns the summary of a cause, with the values of its labels. */
export function toSummary({ rule, labels }: Active): string {
  return rule.summary.replace(/\{(\w+)\}/g, (_, label: string) => labels[label] ?? '');
}

function findHolding({ reading, is, threshold, valueIfAbsent }: Condition, evaluation: Evaluation): Value[] {
  const read = readValues(reading, evaluation);
  const values = read.length === 0 && valueIfAbsent !== undefined ? [{ labels: {}, value: valueIfAbsent }] : read;
  return values.filter(({ value }) => (is === '>' ? value > threshold : value < threshold));
}

function readValues(reading: Reading, evaluation: Evaluation): Value[] {
  const { book, nowMs } = evaluation;
  switch (reading.read) {
    case 'max':
      return group(book.readValues(reading.of), reading.by, Math.max);
    case 'min':
      return group(book.readValues(reading.of), reading.by, Math.min);
    case 'increase':
      return group(book.readGrowth(reading.of, reading.minutes, nowMs), reading.by, add);
    case 'rate': {
      const perSecond = book
        .readGrowth(reading.of, reading.minutes, nowMs)
        .map(({ labels, value }) => ({ labels, value: value / (reading.minutes * 60) }));
      return group(perSecond, reading.by, add);
    }
    case 'sum':
      return combine(
        reading.parts.map((part) => readValues(part, evaluation)),
        add,
      );
    case 'ratio':
      return combine(
        [readValues(reading.part, evaluation), readValues(reading.whole, evaluation)],
        (part, whole) => part / whole,
      );
  }
}

const add = (left: number, right: number) => left + right;

function group(values: readonly Value[], by: readonly string[] = [], join: (a: number, b: number) => number): Value[] {
  const groups = new Map<string, Value>();
  for (const { labels: all, value } of values) {
    const labels = Object.fromEntries(by.map((label) => [label, all[label] ?? '']));
    const key = toKey(labels);
    const before = groups.get(key);
    groups.set(key, { labels, value: before === undefined ? value : join(before.value, value) });
  }
  return [...groups.values()];
}

/** One value for each set of labels that all parts have, as PromQL matches vectors. */
function combine(parts: readonly (readonly Value[])[], join: (a: number, b: number) => number): Value[] {
  const [first = [], ...others] = parts;
  return first.flatMap((value) => {
    let joined: Value | null = value;
    for (const other of others) {
      const match: Value | undefined = other.find(({ labels }) => toKey(labels) === toKey(value.labels));
      joined = joined === null || match === undefined ? null : { ...joined, value: join(joined.value, match.value) };
    }
    return joined === null ? [] : [joined];
  });
}

/** Returns a text that is equal for equal labels. */
export function toKey(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
