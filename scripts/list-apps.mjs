import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-node.mjs';

const PARENTS = ['apps', 'operators'];
/** Runs from its sources, with the embedded adapters: it is bundled for no image. */
const UNBUNDLED = ['standalone'];

/** `apps` or `operators`; undefined for a folder without a program. */
export const parentOf = (app) => PARENTS.find((parent) => existsSync(join(ROOT, parent, app, 'src/main.ts')));

/** Apps and operators that become a bundle, and so an image. */
export const listApps = () =>
  PARENTS.flatMap((parent) => readdirSync(join(ROOT, parent)))
    .filter((app) => parentOf(app) !== undefined && !UNBUNDLED.includes(app))
    .sort();
