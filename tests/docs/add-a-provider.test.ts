import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readSteps, TreeCopy } from './copy-tree.ts';

/** Takes the steps of docs/add-a-provider.md in a copy of the whole tree. */
const steps = readSteps('docs/add-a-provider.md');
const copy = new TreeCopy('add-a-provider');
afterAll(() => rmSync(copy.folder, { recursive: true }));

const folder = 'packages/providers/src/acme';
const registry = 'packages/providers/src/registry.ts';
const line = stepOf(`${registry}: line`);

function stepOf(name: string): string {
  const found = steps.get(name);
  if (found === undefined) throw new Error(`the page has no step ${name}`);
  return found;
}

function takeSteps(): void {
  copy.write(`${folder}/index.ts`, stepOf(`${folder}/index.ts`));
  copy.insert(registry, 'before', 'import { anthropicAdapter }', stepOf(`${registry}: import`));
  copy.insert(registry, 'after', '  Mock: mockAdapter,\n', line);
  for (const command of stepOf('commands').trim().split('\n')) {
    const { code, output } = copy.runScript(command.replace('npm run ', ''));
    if (code !== 0) throw new Error(`${command}: ${output}`);
  }
  const fixtures = join(copy.folder, 'packages/providers/src/openai-compatible/__fixtures__');
  cpSync(fixtures, join(copy.folder, folder, '__fixtures__'), { recursive: true });
  copy.write(`${folder}/acme.test.ts`, stepOf(`${folder}/acme.test.ts`));
}

/** Tests that read the whole tree. */
const houseRules = ['house-rules', 'provider-names', 'readmes', 'module-boundaries', 'import-circles', 'plain-words'];

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

takeSteps();

describe('the page that adds a provider', () => {
  it('changes the files that it names and no others', () => {
    expect(copy.changedFiles().filter((path) => !path.startsWith(`${folder}/`))).toEqual([
      '.env.example',
      'charts/aggregator-crds/templates/providers.yaml',
      'docs/configuration.md',
      'packages/contracts/src/provider-types.ts',
      registry,
    ]);
  });

  it('keeps a coat within its bound', () => {
    expect(stepOf(`${folder}/index.ts`).split('\n').length).toBeLessThanOrEqual(150);
  });

  it('makes a provider of the environment, with its address, option and models', () => {
    const { output } = copy.run(['--input-type=module', '-e', declare]);
    expect(JSON.parse(output)).toMatchObject([
      {
        ...{ name: 'acme', type: 'Acme', baseUrl: 'https://api.acme.example/v1', credentialRefs: ['env:ACME_API_KEY'] },
        ...{ options: { workspace: 'w-1' }, models: [{ id: 'acme-1', price: { rates: { outputText: '600000' } } }] },
      },
    ]);
  });

  it('is accepted by the compiler, in the whole tree', () => {
    expect(copy.runScript('typecheck')).toEqual({ code: 0, output: '' });
  });

  it('is named by the compiler if the line of the registry is left out', () => {
    const whole = copy.read(registry);
    copy.write(registry, whole.replace(line, ''));
    copy.write('part.json', JSON.stringify({ extends: './tsconfig.json', include: ['packages/providers/src'] }));
    const { output } = copy.run(['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'part.json']);
    copy.write(registry, whole);
    expect(output).toMatch(/registry\.ts.*Property 'Acme' is missing/);
  });

  it('passes the suite of every adapter, and the rules of the house', () => {
    const { output } = copy.run([
      ...['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--silent', '--json', '--outputFile=jest.json'],
      ...[folder, 'packages/providers/src/registry', 'tests/crds', 'provider-rules', ...houseRules],
      ...['--selectProjects', 'unit'],
    ]);
    const { numFailedTests, numRuntimeErrorTestSuites, numPassedTests } = JSON.parse(copy.read('jest.json'));
    if (numFailedTests + numRuntimeErrorTestSuites > 0) throw new Error(output);
    expect(numPassedTests).toBeGreaterThan(300);
  });
});
