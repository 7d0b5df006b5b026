import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/source-files.ts';
import type { WantedPackage } from './install-package.ts';

/** What a page of `docs/clients` has a reader type, as blocks of code. */
export interface ClientPage {
  /** `npm install --global <package>@<version>` or `pip install <package>==<version>`. */
  readonly package: WantedPackage;
  /** Files that the reader writes, by their path below the home directory. */
  readonly files: Readonly<Record<string, string>>;
  /** Shell commands that start the agent with the task in `$TASK`. */
  readonly script: string;
  /** The model that stands in the files and the script. */
  readonly model: string;
}

/** Where the gateway listens on every page. */
export const pageBaseUrl = 'http://127.0.0.1:3000';

const block = /^```(\w+) ([^\n]+)\n([\s\S]*?)^```$/gm;
const fromNpm = /npm install --global (\S+)@([\w.-]+)/;
const fromPypi = /pip install (\S+)==([\w.-]+)/;

/**
 * A block of code with `install`, `run` or a path such as `~/.codex/config.toml` behind its language is what the test uses.
 * @throws {Error} if the page lacks one of the blocks.
 */
export function readPage(name: string): ClientPage {
  const text = readFileSync(join(root, 'docs', 'clients', `${name}.md`), 'utf8');
  const blocks = new Map([...text.matchAll(block)].map(([, , title = '', code = '']) => [title.trim(), code]));
  const script = blocks.get('run');
  const model = /^The model of the examples is `([^`]+)`/m.exec(text)?.[1];
  const install = blocks.get('install') ?? '';
  const found = fromNpm.exec(install) ?? fromPypi.exec(install);
  if (script === undefined || model === undefined || found === null)
    throw new Error(`docs/clients/${name}.md lacks a block`);
  const [, packageName = '', version = ''] = found;
  const files = [...blocks].flatMap(([title, code]) => (title.startsWith('~/') ? [[title.slice(2), code]] : []));
  return {
    package: { registry: fromNpm.test(install) ? 'npm' : 'pypi', name: packageName, version },
    files: Object.fromEntries(files),
    script,
    model,
  };
}
