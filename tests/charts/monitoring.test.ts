import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AlertWatch, alertRules, parseMetrics, readFigures } from '@aggregator/alerts';
import { type AlertCase, alertCases, toValues } from '@aggregator/alerts/testing';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { z } from 'zod';
import { toAlertsFile } from '../../scripts/alerts/to-alerts-file.ts';
import { dashboards } from '../../scripts/dashboards/definitions.ts';
import { toDashboardFile } from '../../scripts/dashboards/to-dashboard.ts';
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
const dashboard = z.looseObject({
  panels: z.array(z.looseObject({ targets: z.array(z.looseObject({ expr: z.string() })) })),
});
const dashboardsFolder = join(chartFolder, 'files/dashboards');
const queries = readdirSync(dashboardsFolder).flatMap((file) =>
  dashboard
    .parse(JSON.parse(readFileSync(join(dashboardsFolder, file), 'utf8')))
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
);

const source = readTypeScript()
  .filter(({ path }) => !isTest(path))
  .map(({ text }) => text)
  .join('\n');

/** Of Prometheus, of the cluster's exporters, and of what prom-client counts in every Node process. */
const ofOthers = /^(up|kube_|nodejs_|process_)/;

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

const endMinute = 90;
/** The alert holds for one hour before it fires, or it looks one hour back. */
const evaluateAt = 70;

const scopeOf = (expression = '') =>
  [/job="[^"]*"/, /namespace="[^"]*"/].map((pattern) => pattern.exec(expression)?.[0] ?? '');

/** What promtool says against: the alert fires with the figures of the case, and does not with the quiet ones. */
function testRule({ alert, series, labels = {}, quiet = `0x${endMinute}` }: AlertCase, raised: boolean): string {
  const rule = alerts.find((other) => other.alert === alert);
  const scope = scopeOf(rule?.expr);
  const input = (toNotation: (values: string) => string) => {
    const named = Object.entries(series).map(([figure, values]) => toSeries(figure, scope, toNotation(values)));
    // A sum of two figures has a value only where both are there, as billing has them from its start.
    const others = new Set(figuresOf(rule?.expr ?? '').filter((name) => !Object.keys(series).join().includes(name)));
    return [...named, ...[...others].map((figure) => toSeries(figure, scope, `0x${endMinute}`))];
  };
  const expected = {
    exp_labels: { ...rule?.labels, ...labels },
    exp_annotations: Object.fromEntries(
      Object.entries(rule?.annotations ?? {}).map(([key, text]) => [
        key,
        text.replace(/\{\{ \$labels\.(\w+) \}\}/g, (_, label: string) => labels[label] ?? ''),
      ]),
    ),
  };
  const check = (isRaised: boolean) => [
    { eval_time: `${evaluateAt}m`, alertname: alert, exp_alerts: isRaised ? [expected] : [] },
  ];
  return runRules([
    { interval: '1m', input_series: input(late), alert_rule_test: check(raised) },
    { interval: '1m', input_series: input(() => quiet), alert_rule_test: check(false) },
  ]);
}

/** The values 20 minutes later: what grows in the last minute of an hour does so before the alert is looked for. */
const late = (values: string) => `${/^[\d.]+/.exec(values)?.[0]}x19 ${values}`;

function toSeries(figure: string, scope: readonly string[], values: string) {
  const [, name = figure, labels = ''] = /^([a-z_]+)(?:\{(.*)\})?$/.exec(figure) ?? [];
  return { series: `${name}{${[...scope, labels].filter((text) => text !== '').join(',')}}`, values };
}

function runRules(tests: readonly object[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), stringify(rules));
    const file = { rule_files: ['rules.yaml'], evaluation_interval: '1m', tests };
    writeFileSync(join(folder, 'test.yaml'), stringify(file));
    return runProgram('promtool', ['test', 'rules', join(folder, 'test.yaml')]).refusal;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Alerts of the product after the same values, minute by minute. */
function watchFigures({ alert, series, quiet = `0x${endMinute}` }: AlertCase, isQuiet: boolean): string[] {
  const rule = alertRules.filter(({ name }) => name === alert);
  const others = [...readFigures(rule).keys()].filter((name) => !Object.keys(series).join().includes(name));
  const watch = new AlertWatch(rule);
  let due: string[] = [];
  for (let minute = 0; minute <= evaluateAt; minute += 1) {
    const lines = Object.entries(series).map(([figure, values]) => {
      const value = toValues(isQuiet ? quiet : late(values))[minute];
      return `${figure.replace(/\{?pod="[^"]*"\}?/, '')} ${value}`;
    });
    // As in Prometheus, a sum has a value where both of its figures are there.
    lines.push(...others.map((name) => `${name} 0`));
    const samples = parseMetrics(lines.join('\n'), () => true);
    const report = { target: 'proxy-0', samples, startedAtMs: null };
    const services = { services: [], servicesUp: new Set<string>() };
    const result = watch.judge({ nowMs: minute * 60_000, reports: [report], ...services });
    due = result.due.map(({ rule, labels }) => `${rule.name} ${JSON.stringify(labels)}`);
  }
  return due;
}

describe('monitoring', () => {
  it('has alerts that promtool takes, and it would refuse what is none', () => {
    expect(checkRules(stringify(rules))).toBe('');
    expect(checkRules(stringify(rules).replaceAll('> 0.05', '> > 0.05'))).toContain('unexpected');
  });

  it('are written from the table of alerts', () => {
    expect(readFileSync(join(chartFolder, 'files/alerts.yaml'), 'utf8')).toBe(toAlertsFile());
  });

  it('have figures that raise them, each alert of the table', () => {
    const judged = alertRules.filter(({ cause }) => 'anyOf' in cause).map(({ name }) => name);

    expect([...new Set(alertCases.map(({ alert }) => alert))].sort()).toEqual(judged.sort());
  });

  it('are judged by promtool: it reports an alert that was not expected', () => {
    for (const one of alertCases.slice(0, 1)) expect(testRule(one, false)).toContain('FAILED');
  });

  it.each(alertCases.map((one) => [one.alert, Object.keys(one.series).join(), one] as const))(
    'raises %s by %s, in Prometheus and in the product (I2, I7, I13)',
    (alert, _figures, one) => {
      expect(testRule(one, true)).toBe('');
      expect(watchFigures(one, false)).toEqual([`${alert} ${JSON.stringify(one.labels ?? {})}`]);
      expect(watchFigures(one, true)).toEqual([]);
    },
  );

  it('raises AggregatorServiceDown for the service without a process', () => {
    const down = alerts.filter(({ alert }) => alert === 'AggregatorServiceDown');
    const scope = scopeOf(down[0]?.expr);
    const names = down.map(({ expr }) => /component="([^"]*)"/.exec(expr)?.[1] ?? '');
    const input = names.map((name) =>
      toSeries(`up{component="${name}"}`, scope, name === 'proxy' ? '1x5 0x9' : '1x15'),
    );
    const expected = {
      exp_labels: { severity: 'critical', service: 'proxy' },
      exp_annotations: down[names.indexOf('proxy')]?.annotations,
    };
    const check = { eval_time: '9m', alertname: 'AggregatorServiceDown', exp_alerts: [expected] };

    expect(runRules([{ interval: '1m', input_series: input, alert_rule_test: [check] }])).toBe('');
  });

  it.each(dashboards.map((one) => [one.name, one] as const))('has the dashboard %s as it is defined', (name, one) => {
    const file = readFileSync(join(dashboardsFolder, `${name}.json`), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(toDashboardFile(one)));
  });

  it('has dashboards whose queries promtool takes', () => {
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
