import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSteps, type Step, TreeCopy } from './copy-tree.ts';

/**
 * Takes the steps of docs/add-a-provider.md and docs/development.md in one copy of the whole tree, as a new contributor does:
 * a provider, a public route and an event consumer. Then the compiler and the tests run in the copy.
 */
const copy = new TreeCopy('contributor');
afterAll(() => rmSync(copy.folder, { recursive: true }));

const folder = 'packages/providers/src/acme';
const registry = 'packages/providers/src/registry.ts';
const provider = readSteps('docs/add-a-provider.md');
const route = readSteps('docs/development.md', 'A public route');
const consumer = readSteps('docs/development.md', 'An event consumer');
/** What the commands of the page write. */
const written = [
  '.env.example',
  'charts/aggregator-crds/templates/providers.yaml',
  'docs/configuration.md',
  'packages/contracts/src/provider-types.ts',
];
/** Tests that read the whole tree. */
const houseRules = ['house-rules', 'provider-names', 'readmes', 'module-boundaries', 'import-circles', 'plain-words'];

const isCommand = ({ path }: Step) => path === 'commands';
const namedBy = (steps: readonly Step[]) => [...new Set(steps.filter((step) => !isCommand(step)).map((s) => s.path))];

function take(steps: readonly Step[]): void {
  for (const step of steps) {
    if (!isCommand(step)) copy.take(step);
    else for (const command of step.code.trim().split('\n')) runCommand(command);
  }
}

function runCommand(command: string): void {
  const { code, output } = copy.runScript(command.replace('npm run ', ''));
  if (code !== 0) throw new Error(`${command}: ${output}`);
}

function takeProviderSteps(): void {
  take(provider);
  const fixtures = join(copy.folder, 'packages/providers/src/openai-compatible/__fixtures__');
  cpSync(fixtures, join(copy.folder, folder, '__fixtures__'), { recursive: true });
}

/** The provider of a key in the environment, as the orchestrator of the copy declares it. */
const declare = `
  const { toEnvironmentProviders } = await import('./apps/provider-orchestrator/src/registry/environment-providers.ts');
  const { readProviderOrchestratorConfig } = await import('./apps/provider-orchestrator/src/config.ts');
  const config = readProviderOrchestratorConfig({
    INTERNAL_SIGNING_KEY: 'A'.repeat(43),
    PROVIDER_ORCHESTRATOR_DATABASE_URL: 'postgresql://localhost/registry',
    ACME_API_KEY: 'k',
    ACME_WORKSPACE: 'w-1',
  });
  console.log(JSON.stringify(toEnvironmentProviders(config, { readVendorModels: () => [] })));
`;

describe('the pages for contributors', () => {
  it('add a provider by a folder, a line of the registry, and what two commands write', () => {
    takeProviderSteps();
    const changed = copy.changedFiles();
    expect(namedBy(provider).filter((path) => !path.startsWith(`${folder}/`))).toEqual([registry]);
    expect(changed.filter((path) => !path.startsWith(`${folder}/`))).toEqual([...written, registry].sort());
    expect(copy.read(`${folder}/index.ts`).split('\n').length).toBeLessThanOrEqual(150);
  });

  it('add a public route and an event consumer by the files that they name and no others', () => {
    const before = new Set(copy.changedFiles());
    take(route);
    take(consumer);
    const changed = copy.changedFiles().filter((path) => !before.has(path));
    expect([namedBy(route).length, namedBy(consumer).length]).toEqual([8, 6]);
    expect(changed).toEqual([...new Set([...namedBy(route), ...namedBy(consumer)])].sort());
  });

  it('make a provider of the environment, with its address, option and models', () => {
    const { output } = copy.run(['--input-type=module', '-e', declare]);
    expect(JSON.parse(output)).toMatchObject([
      {
        ...{ name: 'acme', type: 'Acme', baseUrl: 'https://api.acme.example/v1', credentialRefs: ['env:ACME_API_KEY'] },
        ...{ options: { workspace: 'w-1' }, models: [{ id: 'acme-1', price: { rates: { outputText: '600000' } } }] },
      },
    ]);
  });

  it('are accepted by the compiler, in the whole tree', () => {
    expect(copy.runScript('typecheck')).toEqual({ code: 0, output: '' });
  });

  it('name the line of the registry to the compiler if it is left out', () => {
    const whole = copy.read(registry);
    copy.write(registry, whole.replace('  Acme: acmeAdapter,\n', ''));
    copy.write('part.json', JSON.stringify({ extends: './tsconfig.json', include: ['packages/providers/src'] }));
    const { output } = copy.run(['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'part.json']);
    copy.write(registry, whole);
    expect(output).toMatch(/registry\.ts.*Property 'Acme' is missing/);
  });

  it('pass their tests, the suite of every adapter, the reference of the API and the rules of the house', () => {
    const { output } = copy.run([
      ...['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--silent', '--json', '--outputFile=jest.json'],
      ...[folder, 'packages/providers/src/registry', 'tests/crds', 'provider-rules', 'tests/docs/openapi'],
      ...['read-largest-charge', 'consumers/model-retired', ...houseRules, '--selectProjects', 'unit'],
    ]);
    const { numFailedTests, numRuntimeErrorTestSuites, numPassedTests } = JSON.parse(copy.read('jest.json'));
    if (numFailedTests + numRuntimeErrorTestSuites > 0) throw new Error(output);
    expect(numPassedTests).toBeGreaterThan(300);
  });
});
