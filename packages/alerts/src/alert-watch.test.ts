import { describe, expect, it } from '@jest/globals';
import { AlertWatch } from './alert-watch.ts';
import { parseMetrics } from './figures/parse-metrics.ts';
import { toSummary } from './judge-rule.ts';
import type { AlertRule } from './rule.ts';
import { grew, maxAbove } from './rules/readings.ts';
import { toPromql, toSummaryTemplate } from './to-promql.ts';

const base = { severity: 'warning', forMinutes: 0, summary: 'Fault at {place}.', page: 'fault' } as const;
const grows: AlertRule = { ...base, name: 'Grows', cause: { anyOf: [grew('faults_total', 5)] } };
const high: AlertRule = { ...base, name: 'High', forMinutes: 2, cause: { anyOf: [maxAbove('fill', 1, ['place'])] } };
const down: AlertRule = { ...base, name: 'Down', forMinutes: 1, cause: { serviceDown: true } };
const minuteMs = 60_000;

/** Gives a watch one round a minute, and returns the names and labels of what is due. */
function start(rules: readonly AlertRule[]) {
  const watch = new AlertWatch(rules);
  let minute = 0;
  let last: ReturnType<AlertWatch['judge']> | undefined;
  return {
    round(
      texts: Readonly<Record<string, string>>,
      servicesUp: readonly string[] = ['a', 'b'],
      startedAtMs: number | null = null,
    ) {
      const reports = Object.entries(texts).map(([target, text]) => ({
        ...{ target, startedAtMs, samples: parseMetrics(text, () => true) },
      }));
      const nowMs = minute * minuteMs;
      last = watch.judge({ nowMs, reports, services: ['a', 'b'], servicesUp: new Set(servicesUp) });
      minute += 1;
      return last.due.map(({ rule, labels }) => [rule.name, ...Object.values(labels)].join(' '));
    },
    mayClear: (rule: AlertRule, labels = {}) => last?.mayClear(rule, labels),
  };
}

describe('AlertWatch', () => {
  it('counts the first step of a counter that a known process adds, and not what was there before', () => {
    const { round } = start([grows]);

    expect(round({ p: 'other 1', q: 'faults_total 7' })).toEqual([]);
    expect(round({ p: 'other 1', q: 'faults_total 7' })).toEqual([]);
    expect(round({ p: 'faults_total 1', q: 'faults_total 7' })).toEqual(['Grows']);
  });

  it('counts a process that has started again from zero', () => {
    const { round } = start([grows]);
    round({ p: 'faults_total 7' });

    expect(round({ p: 'faults_total 2' })).toEqual(['Grows']);
  });

  it('counts from zero what a process counted that began after the round before', () => {
    const { round } = start([grows]);
    round({});

    expect(round({ p: 'faults_total 2' }, ['a', 'b'], minuteMs / 2)).toEqual(['Grows']);
  });

  it('keeps the growth of a process that misses a round', () => {
    const { round } = start([grows]);
    round({ p: 'faults_total 7' });
    round({});

    expect(round({ p: 'faults_total 8' })).toEqual(['Grows']);
  });

  it('fires for each value of a label once the cause has held for as long as the rule asks', () => {
    const { round } = start([high]);
    const text = 'fill{place="x"} 2\nfill{place="y"} 1';

    expect([round({ p: text }), round({ p: text }), round({ p: text })]).toEqual([[], [], ['High x']]);
  });

  it('begins again when the cause was away', () => {
    const { round } = start([high]);
    const text = 'fill{place="x"} 2';
    round({ p: text });
    round({ p: text });
    round({ p: 'fill{place="x"} 0' });

    expect([round({ p: text }), round({ p: text }), round({ p: text })]).toEqual([[], [], ['High x']]);
  });

  it('reads no value of a process that does not answer, nor of a series that it no longer reports', () => {
    const { round } = start([{ ...high, forMinutes: 0 }]);

    expect(round({ p: 'fill{place="x"} 2' })).toEqual(['High x']);
    expect(round({})).toEqual([]);
    expect(round({ p: 'fill{place="x"} 2' })).toEqual(['High x']);
    expect(round({ p: 'other 1' })).toEqual([]);
  });

  it('reports a service of which no process answers', () => {
    const { round } = start([down]);
    round({}, ['a']);

    expect(round({}, ['a'])).toEqual(['Down b']);
    expect(round({}, ['a', 'b'])).toEqual([]);
  });

  it('clears after two minutes without the cause, and never before it has seen the window of the rule', () => {
    const { round, mayClear } = start([grows, high]);
    const seen = Array.from({ length: 6 }, () => {
      round({ p: 'other 1' });
      return [mayClear(grows), mayClear(high, { place: 'x' })];
    });

    expect(seen.map(([ofGrows]) => ofGrows)).toEqual([false, false, false, false, false, true]);
    expect(seen.map(([, ofHigh]) => ofHigh)).toEqual([false, false, true, true, true, true]);
  });

  it('bounds the alerts of one rule', () => {
    const { round } = start([{ ...high, forMinutes: 0 }]);
    const text = Array.from({ length: 200 }, (_, index) => `fill{place="${index}"} 2`).join('\n');

    expect(round({ p: text })).toHaveLength(50);
  });
});

describe('parseMetrics', () => {
  it('reads names, labels with escapes, and values, and leaves out comments and broken lines', () => {
    const text = '# HELP a b\na 1\nb{x="1",y="a\\"}\\\\ \\n,"} 2.5e3 1700000000\nc{x="1" 3\nd NaN\ne{} +Inf\nother 1';

    expect(parseMetrics(text, (name) => name !== 'other')).toEqual([
      { name: 'a', labels: {}, value: 1 },
      { name: 'b', labels: { x: '1', y: 'a"}\\ \n,' }, value: 2500 },
      { name: 'e', labels: {}, value: Number.POSITIVE_INFINITY },
    ]);
  });
});

describe('a rule as text', () => {
  it('is an expression of Prometheus and a sentence', () => {
    expect(toPromql(high)).toBe('max by (place) (fill{$scope}) > 1');
    expect(toPromql(grows)).toBe('sum(increase(faults_total{$scope}[5m])) > 0');
    expect(toSummaryTemplate(high)).toBe('Fault at {{ $labels.place }}.');
    expect(toSummary({ rule: high, labels: { place: 'x' } })).toBe('Fault at x.');
  });
});
