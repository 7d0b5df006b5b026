import { errorCatalogue } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { declared, declarerAt } from '../testing/declare.ts';
import { createOrchestratorBench, type TestOrchestrator } from '../testing/start-orchestrator.ts';

describe('the fence of declarations', () => {
  const bench = createOrchestratorBench();
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    orchestrator = await bench.start();
  });
  afterAll(() => bench.closeAll());

  const namesOf = async (owner: string) => {
    const rows = await orchestrator.context.database.provider.findMany({ where: { owner }, orderBy: { name: 'asc' } });
    return rows.map(({ name }) => name);
  };

  it('never lets an older leader win in any order and number of its calls', async () => {
    let owners = 0;
    const call = fc.record({
      epoch: fc.integer({ min: 1, max: 3 }),
      sequence: fc.integer({ min: 1, max: 3 }),
      name: fc.constantFrom('a', 'b'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 6 }), async (calls) => {
        owners += 1;
        const owner = `owner-${owners}`;
        const operator = declarerAt(orchestrator.url, owner);
        let newest = { epoch: 0, sequence: 0, name: '' };
        for (const { epoch, sequence, name } of calls) {
          const isNewer = epoch > newest.epoch || (epoch === newest.epoch && sequence > newest.sequence);
          const isRepeat = epoch === newest.epoch && name === newest.name;
          const answer = await operator.put({ epoch, sequence }, [declared(`${name}-${owners}`)]);
          if (isNewer) newest = { epoch, sequence, name };
          expect(answer.status).toBe(isNewer || isRepeat ? 200 : errorCatalogue.stale_declaration.status);
          expect(await namesOf(owner)).toEqual([`${newest.name}-${owners}`]);
        }
        await orchestrator.context.database.provider.deleteMany({ where: { owner } });
      }),
      { numRuns: 25 },
    );
  });

  it('lets the newest of calls at once win, at whichever instance each arrives', async () => {
    const second = await bench.start({ databaseUrl: orchestrator.databaseUrl });
    const at = [declarerAt(orchestrator.url, 'many'), declarerAt(second.url, 'many')];
    const sequences = Array.from({ length: 12 }, (_none, index) => index + 1);
    const statuses = await Promise.all(
      sequences.map(async (sequence) => {
        const answer = await at[sequence % 2]?.put({ epoch: 1, sequence }, [declared(`n-${sequence}`)]);
        return answer?.status;
      }),
    );

    expect(new Set(statuses)).not.toContain(500);
    expect(await namesOf('many')).toEqual(['n-12']);
  });

  it('says so by its own code, changes nothing, and holds for keys as it does for declarations', async () => {
    const operator = declarerAt(orchestrator.url, 'fenced');
    await operator.declare({ epoch: 5, sequence: 2 }, [declared('kept')]);
    const version = orchestrator.context.feed.current?.version;
    const late = await operator.put({ epoch: 4, sequence: 9 }, []);
    const used = await operator.put({ epoch: 5, sequence: 2 }, []);

    expect(await late.json()).toMatchObject({ status: 409, code: 'stale_declaration' });
    expect(await used.json()).toMatchObject({ status: 409, code: 'stale_declaration' });
    expect(await namesOf('fenced')).toEqual(['kept']);
    expect(orchestrator.context.feed.current?.version).toBe(version);
  });
});
