import { afterAll, beforeAll } from '@jest/globals';
import { installPackage, type WantedPackage } from '../agents/install-package.ts';
import { toFrameworkCases } from './cases/agent-frameworks.ts';
import { describeMatrix } from './describe-matrix.ts';
import { PythonWorker } from './python/python-worker.ts';
import { withRelay } from './python/relay-to-user.ts';

const installTimeoutMs = 600_000;

interface Framework {
  readonly sdk: string;
  readonly script: string;
  readonly package: WantedPackage;
  readonly surfaces: readonly string[];
}

const fromPypi = (name: string, version: string): WantedPackage => ({ registry: 'pypi', name, version });

/** Frameworks for agents in Python, each in the environment of its version. */
const frameworks: readonly Framework[] = [
  {
    sdk: 'openai-agents',
    script: 'run_openai_agents.py',
    package: fromPypi('openai-agents', '0.24.0'),
    surfaces: ['chat', 'Responses'],
  },
  {
    sdk: 'pydantic-ai',
    script: 'run_pydantic_ai.py',
    package: fromPypi('pydantic-ai-slim[openai,anthropic]', '2.66.0'),
    surfaces: ['chat', 'Responses', 'Anthropic'],
  },
  {
    sdk: 'llama-index',
    script: 'run_llama_index.py',
    package: fromPypi('llama-index-llms-openai-like', '0.8.1'),
    surfaces: ['chat'],
  },
];
const workers = new Map<string, PythonWorker>();

beforeAll(async () => {
  for (const { sdk, script, package: wanted } of frameworks) {
    workers.set(sdk, new PythonWorker(await installPackage(wanted), script));
  }
}, installTimeoutMs);
afterAll(() => {
  for (const worker of workers.values()) worker.close();
});

describeMatrix(
  frameworks.flatMap(({ sdk, surfaces }) =>
    surfaces.map((surface) => ({
      sdk,
      surface,
      cases: toFrameworkCases((user, name, prompt) =>
        withRelay(user, async (baseUrl) => {
          const request = { case: name, surface, baseUrl, apiKey: user.apiKey, model: user.model(), prompt };
          return await workers.get(sdk)?.run(request);
        }),
      ),
      readRefusal: () => null,
    })),
  ),
);
