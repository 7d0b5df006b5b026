// Writes charts/aggregator/files: alerts.yaml from packages/alerts, and the dashboards from scripts/dashboards. tests/charts
// fails when they are out of date.
import { writeFileSync } from 'node:fs';
import { toAlertsFile } from './alerts/to-alerts-file.ts';
import { dashboards } from './dashboards/definitions.ts';
import { toDashboardFile } from './dashboards/to-dashboard.ts';

const folder = new URL('../charts/aggregator/files/', import.meta.url);
const files = dashboards.map((one) => [`dashboards/${one.name}.json`, toDashboardFile(one)] as const);
for (const [name, text] of [['alerts.yaml', toAlertsFile()] as const, ...files]) {
  writeFileSync(new URL(name, folder), text);
  console.log(`charts/aggregator/files/${name} is written`);
}
