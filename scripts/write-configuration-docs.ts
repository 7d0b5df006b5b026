// Writes docs/configuration.md and .env.example from the variable tables of the apps; tests/docs fails when they are out of date.
import { writeFileSync } from 'node:fs';
import { configurationDocs, environmentExample } from '../tests/docs/configuration-docs.ts';

writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationDocs());
writeFileSync(new URL('../.env.example', import.meta.url), environmentExample());
console.log('docs/configuration.md and .env.example are written');
