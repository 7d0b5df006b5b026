// Writes packages/contracts/src/provider-types.ts from packages/providers; tests/tidy fails when it is out of date.
import { writeFileSync } from 'node:fs';
import { providerTypesText } from './provider-types.ts';

writeFileSync(new URL('../packages/contracts/src/provider-types.ts', import.meta.url), providerTypesText());
console.log('packages/contracts/src/provider-types.ts is written');
