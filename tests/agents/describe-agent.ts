import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ObservedProvider } from '../conformance/providers/observed-provider.ts';
import { startWorld, type World } from '../world/start-world.ts';
import type { Agent, AgentTask } from './agent.ts';
import { dialects } from './dialects.ts';
import { installPackage } from './install-package.ts';
import { readPage } from './read-page.ts';
import { createPlace, runAgent } from './run-agent.ts';
import { farewell } from './task.ts';

const installTimeoutMs = 600_000;
const runTimeoutMs = 360_000;

/** The task, through the product, with each vendor's API behind it. */
export function describeAgent(agent: Agent): void {
  describe(agent.page, () => {
    const page = readPage(agent.page);
    const providers = new Map<string, ObservedProvider>();
    let task: AgentTask | null = null;
    let world: World;
    let programs: string;

    beforeAll(async () => {
      programs = await installPackage(page.package);
      const environment: Record<string, string> = {};
      for (const dialect of dialects) {
        const observed = new ObservedProvider(dialect.create((request) => task?.answer(request) ?? null).listener);
        providers.set(dialect.name, observed);
        Object.assign(environment, dialect.environment(await observed.start()));
      }
      world = await startWorld({ PROVIDER_PROBE_INTERVAL_MS: '0', ...environment });
    }, installTimeoutMs);
    afterAll(async () => {
      await world?.destroy();
      await Promise.all([...providers.values()].map((observed) => observed.close()));
    });

    for (const { name, model } of dialects) {
      it(
        `finishes the task with ${name} (${model})`,
        async () => {
          const place = await createPlace();
          try {
            const started = agent.startTask(place.workspace);
            task = started;
            const { baseUrl, apiKey } = world;
            const { assignment } = started;
            const end = await runAgent({ page, programs, baseUrl, apiKey, model, assignment }, place);
            const refusals = providers.get(name)?.takeRefusals();

            const { complaints, turnsMade } = started;
            expect({ refusals, complaints, turnsMade, end }).toEqual({
              refusals: [],
              complaints: [],
              turnsMade: started.turns,
              end: { exitCode: 0, output: expect.stringContaining(farewell) },
            });
            expect(await readFile(join(place.workspace, 'sum.sh'), 'utf8')).toContain('a + b');
          } finally {
            task = null;
            await place.remove();
          }
        },
        runTimeoutMs,
      );
    }
  });
}
