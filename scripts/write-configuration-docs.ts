// Writes docs/configuration.md from the variable tables of the apps; tests/docs fails when it is out of date.
import { writeFileSync } from 'node:fs';
import { configurationDocs } from '../tests/docs/configuration-docs.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationDocs());
console.log('docs/configuration.md is written');
