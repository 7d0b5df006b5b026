// Writes charts/aggregator/files/alerts.yaml from packages/alerts; tests/charts fails when it is out of date.
import { writeFileSync } from 'node:fs';
import { toAlertsFile } from './alerts/to-alerts-file.ts';

writeFileSync(new URL('../charts/aggregator/files/alerts.yaml', import.meta.url), toAlertsFile());
console.log('charts/aggregator/files/alerts.yaml is written');
