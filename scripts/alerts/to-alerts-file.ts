import { alertRules, toPromql, toSummaryTemplate } from '@aggregator/alerts';
import { stringify } from 'yaml';

const heading =
  '# Written by `npm run generate:alerts` from packages/alerts. The chart replaces $scope and the other names with $.\n';

/** Returns the content of charts/aggregator/files/alerts.yaml. */
export function toAlertsFile(): string {
  const rules = alertRules.map((rule) => ({
    alert: rule.name,
    expr: toPromql(rule),
    for: `${rule.forMinutes}m`,
    severity: rule.severity,
    page: rule.page,
    summary: toSummaryTemplate(rule),
    ...('serviceDown' in rule.cause && { each: 'service' }),
    ...(rule.needs !== undefined && { needs: rule.needs }),
  }));
  return heading + stringify(rules, { lineWidth: 0 });
}
