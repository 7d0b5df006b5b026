import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';

/**
 * Takes the steps of docs/add-a-provider.md on a copy of the two packages that they touch, and runs what they made: the test
 * that the page prints registers itself below.
 */
const page = readFileSync(join(root, 'docs/add-a-provider.md'), 'utf8');
const copy = realpathSync(mkdtempSync(join(tmpdir(), 'add-a-provider-')));
const packages = join(copy, 'packages');
const providers = join(packages, 'providers/src');
const acme = join(providers, 'acme');

/** The code that the page prints for a step. */
function stepOf(name: string): string {
  const found = new RegExp(`<!-- step: ${name} -->\\n\`\`\`ts\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`the page has no step ${name}`);
  return found;
}

function change(path: string, from: string, to: string): void {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
  writeFileSync(path, text.replace(from, to));
}

function copyPackages(): void {
  const isWanted = (path: string) => !path.includes('/node_modules') && !path.endsWith('.test.ts');
  for (const name of ['contracts', 'providers']) {
    cpSync(join(root, 'packages', name), join(packages, name), { recursive: true, filter: isWanted });
  }
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@aggregator'), { recursive: true });
  symlinkSync(join(packages, 'contracts'), join(modules, '@aggregator/contracts'));
  for (const name of ['@jest', '@types', 'expect', 'zod'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
}

function takeSteps(): void {
  const names = join(packages, 'contracts/src/routing-snapshot.ts');
  change(names, "  'Mock',\n]);", `  'Mock',\n${stepOf('providerType')}]);`);
  mkdirSync(acme);
  writeFileSync(join(acme, 'index.ts'), stepOf('index.ts'));
  const registry = join(providers, 'registry.ts');
  change(registry, 'import { anthropicAdapter }', `${stepOf('registry.ts import')}import { anthropicAdapter }`);
  change(registry, '  Mock: mockAdapter,\n', `  Mock: mockAdapter,\n${stepOf('registry.ts line')}`);
  cpSync(join(root, 'packages/providers/src/openai-compatible/__fixtures__'), join(acme, '__fixtures__'), {
    recursive: true,
  });
  writeFileSync(join(acme, 'acme.test.ts'), stepOf('acme.test.ts'));
}

/** What the compiler says of the copy, under the options of the repository. */
function compile(): string {
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['packages/providers/src'] }));
  const tsc = join(root, 'node_modules/.bin/tsc');
  try {
    return execFileSync(tsc, ['-p', copy], { encoding: 'utf8', timeout: 120_000, stdio: 'pipe' });
  } catch (error) {
    return String(Object(error).stdout);
  }
}

copyPackages();
takeSteps();
afterAll(() => rmSync(copy, { recursive: true }));

describe('the page that adds a provider', () => {
  it('makes a folder and a line that the compiler takes, and misses where the line is left out', () => {
    expect(compile()).toBe('');
    const registry = join(providers, 'registry.ts');
    const whole = readFileSync(registry, 'utf8');
    change(registry, stepOf('registry.ts line'), '');
    expect(compile()).toMatch(/registry\.ts.*Property 'Acme' is missing/);
    writeFileSync(registry, whole);
  });

  it('makes a coat within its bound', () => {
    expect(stepOf('index.ts').split('\n').length).toBeLessThanOrEqual(150);
  });

  it('makes an adapter that the registry gives', async () => {
    const { adapterFor } = await import(join(providers, 'registry.ts'));
    expect(adapterFor('Acme')).toMatchObject({ type: 'Acme', images: null });
  });
});

// Registers the suite that the page prints, which runs after what stands above.
await import(join(acme, 'acme.test.ts'));
