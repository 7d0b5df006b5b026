// Writes charts/aggregator-crds/templates from packages/contracts/src/crd; tests/crds fails when they are out of date.
import { writeFileSync } from 'node:fs';
import { crdFiles } from './crds/definitions.ts';

for (const [name, text] of crdFiles()) {
  writeFileSync(new URL(`../charts/aggregator-crds/templates/${name}`, import.meta.url), text);
  console.log(`charts/aggregator-crds/templates/${name} is written`);
}
