import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { isTest, readTypeScript } from '../tidy/source-files.ts';
import { chartFolder, find, monitoringApi, ofKind, renderChart, runProgram } from './render-chart.ts';
import { leastValues } from './variants.ts';

const runbookBaseUrl = 'https://example.com/runbooks';
const monitoring = {
  serviceMonitor: { enabled: true },
  prometheusRule: { enabled: true, runbookBaseUrl },
  dashboards: { enabled: true },
};
const { manifests } = renderChart({ values: { ...leastValues, monitoring }, apiVersions: [monitoringApi] });
const rules = z
  .looseObject({
    groups: z.array(
      z.looseObject({
        rules: z.array(
          z.looseObject({
            ...{ alert: z.string(), expr: z.string() },
            labels: z.record(z.string(), z.string()),
            annotations: z.record(z.string(), z.string()),
          }),
        ),
      }),
    ),
  })
  .parse(find(manifests, 'PrometheusRule', 'aggregator').spec);
const alerts = rules.groups.flatMap((group) => group.rules);
const dashboard = z
  .looseObject({ panels: z.array(z.looseObject({ targets: z.array(z.looseObject({ expr: z.string() })) })) })
  .parse(JSON.parse(readFileSync(join(chartFolder, 'files/dashboards/overview.json'), 'utf8')));
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

const source = readTypeScript()
  .filter(({ path }) => !isTest(path))
  .map(({ text }) => text)
  .join('\n');

/** Of Prometheus, of the cluster's exporters, and of what prom-client counts in every Node process. */
const ofOthers = /^(up|kube_|nodejs_)/;

/** Billing writes the first word of its figures once for all of them. */
const isCounted = (figure: string) =>
  ofOthers.test(figure) ||
  [figure, figure.replace(/_bucket$/, ''), figure.replace(/^billing_/, '')].some((name) =>
    source.includes(`'${name}'`),
  );

const figuresOf = (expression: string) =>
  [...expression.matchAll(/\b([a-z][a-z_]+)\{/g)].map((match) => match[1] ?? '');

function checkRules(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    const path = join(folder, 'rules.yaml');
    writeFileSync(path, text);
    return runProgram('promtool', ['check', 'rules', path]).refusal;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Each alert on money, with a figure that raises it: values a minute apart. */
const moneyFaults = [
  ['AggregatorPlatformLoss', 'billing_platform_loss_nano_usd_total', '0x49 5x10'],
  ['AggregatorPlatformLoss', 'billing_provider_excess_nano_usd_total', '0x49 5x10'],
  ['AggregatorUsageQuarantined', 'billing_usage_events_total{result="quarantined"}', '0x49 1x10'],
  ['AggregatorDeadLetters', 'analytics_usage_events_total{result="rejected"}', '0x49 1x10'],
  ['AggregatorDeadLettersWaiting', 'billing_dead_letters', '2x60'],
  ['AggregatorSpoolRecordsMissing', 'billing_spool_gaps', '1x60'],
  ['AggregatorSpoolSilent', 'billing_silent_spools', '1x60'],
  ['AggregatorMoneyStranded', 'billing_stranded_nano_usd{reason="spool_silent"}', '7x60'],
  ['AggregatorMoneyStranded', 'billing_stranded_holds_nano_usd', '7x60'],
  ['AggregatorMoneyUnreconciled', 'billing_unreconciled_nano_usd', '9x60'],
  ['AggregatorReconciliationStale', 'billing_reconciliation_age_seconds', '0+60x60'],
  ['AggregatorLedgerFault', 'billing_ledger_faults', '1x60'],
  ['AggregatorLedgerUnchecked', 'billing_ledger_check_age_seconds', '7300+60x60'],
  ['AggregatorCorrectionsWaiting', 'proxy_correction_age_seconds', '3700x60'],
  ['AggregatorCorrectionsGivenUp', 'proxy_corrections_total{result="given_up"}', '0x49 1x10'],
  ['AggregatorDifferenceOpen', 'billing_open_differences{kind="events"}', '1x60'],
  ['AggregatorChecksLate', 'billing_late_checks', '1x60'],
  ['AggregatorHoldOverdue', 'billing_oldest_hold_overdue_seconds', '901x60'],
  ['AggregatorUsageInReview', 'billing_open_reviews', '2x60'],
] as const;

/** What promtool says against: the alert fires, or does not, after 50 minutes of these values. */
function testRules(alert: string, series: string, values: string, isRaised: boolean): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const rule = alerts.find((other) => other.alert === alert);
  const [, name = series, labels = ''] = /^([a-z_]+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const matchers = /namespace="[^"]*"/.exec(rule?.expr ?? '')?.[0] ?? '';
  const job = /job="[^"]*"/.exec(rule?.expr ?? '')?.[0] ?? '';
  const all = (figure: string, more: string) =>
    `${figure}{${[job, matchers, more].filter((text) => text !== '').join(',')}}`;
  // A sum of two figures has a value only where both are there, as billing has them from its start.
  const others = figuresOf(rule?.expr ?? '').filter((figure) => figure !== name);
  const input = [
    { series: all(name, labels), values },
    ...others.map((figure) => ({ series: all(figure, ''), values: '0x60' })),
  ];
  const reason = /reason="([^"]*)"/.exec(labels)?.[1];
  const annotations = Object.fromEntries(
    Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
      key,
      text.replace('{{ $labels.reason }}', reason ?? ''),
    ]),
  );
  const expected = {
    exp_labels: { ...rule?.labels, ...(reason !== undefined && { reason }) },
    exp_annotations: annotations,
  };
  const test = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: input,
        alert_rule_test: [{ eval_time: '50m', alertname: alert, exp_alerts: isRaised ? [expected] : [] }],
      },
    ],
  };
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
    writeFileSync(join(folder, 'test.yaml'), stringify(test));
    return runProgram('promtool', ['test', 'rules', join(folder, 'test.yaml')]).refusal;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('monitoring', () => {
  it('has alerts that promtool takes, and it would refuse what is none', () => {
    expect(checkRules(stringify(rules))).toBe('');
    expect(checkRules(stringify(rules).replaceAll('> 0.05', '> > 0.05'))).toContain('unexpected');
  });

  it.each(moneyFaults)('raises %s when %s is %s (I2, I7, I13)', (alert, series, values) => {
    expect(testRules(alert, series, values, true)).toBe('');
    expect(testRules(alert, series, '0x60', true)).toContain('FAILED');
    expect(testRules(alert, series, '0x60', false)).toBe('');
  });

  it('has a dashboard whose queries promtool takes', () => {
    const group = { name: 'dashboard', rules: queries.map((expr, index) => ({ record: `panel:${index}`, expr })) };
    const text = stringify({ groups: [group] }).replaceAll('$namespace', 'aggregator');
    expect(checkRules(text)).toBe('');
  });

  it('asks only for figures that a service counts', () => {
    const figures = [...alerts.map(({ expr }) => expr), ...queries].flatMap(figuresOf);

    expect(figures.length).toBeGreaterThan(20);
    expect([...new Set(figures)].filter((figure) => !isCounted(figure))).toEqual([]);
  });

  it('has an alert for each service, and links each to its page', () => {
    const down = alerts.filter(({ alert }) => alert === 'AggregatorServiceDown').map(({ expr }) => expr);

    expect(down).toHaveLength(7);
    expect(down.join()).toContain('component="proxy"');
    expect(alerts.map(({ annotations }) => annotations.runbook_url?.startsWith(`${runbookBaseUrl}/`))).toEqual(
      alerts.map(() => true),
    );
  });

  it('reads the admin port of every pod by one ServiceMonitor', () => {
    const { metadata } = find(manifests, 'Service', 'aggregator-metrics');
    expect(find(manifests, 'ServiceMonitor', 'aggregator-metrics').spec).toMatchObject({
      selector: {
        matchLabels: { 'app.kubernetes.io/name': metadata.labels['app.kubernetes.io/name'] },
      },
      endpoints: [{ port: 'admin', path: '/metrics', honorLabels: true }],
    });
  });

  it('brings the dashboard with the label that Grafana looks for', () => {
    const { metadata, data } = find(manifests, 'ConfigMap', 'aggregator-dashboard-overview');

    expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(z.record(z.string(), z.string()).parse(data)['overview.json']).toContain('gateway_ai_requests_total');
  });

  it('is off unless asked for, and leaves out what the cluster does not know', () => {
    const off = renderChart({ values: leastValues, apiVersions: [monitoringApi] }).manifests;
    const unknown = renderChart({ values: { ...leastValues, monitoring } }).manifests;
    const kinds = ['ServiceMonitor', 'PrometheusRule'];

    expect(kinds.flatMap((kind) => [...ofKind(off, kind), ...ofKind(unknown, kind)])).toEqual([]);
  });
});
