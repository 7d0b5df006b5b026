import { describe, expect, it } from '@jest/globals';
import { type Operation, OrganisationBatches } from './organisation-batches.ts';

const settle = (requestId: string): Operation => ({ requestId, actual: '1', costs: [] });

function gather(answer: (orgId: string, operations: readonly Operation[]) => Promise<readonly number[][]>) {
  const calls: { orgId: string; requestIds: string[] }[] = [];
  const batches = new OrganisationBatches((orgId, operations) => {
    calls.push({ orgId, requestIds: operations.map(({ requestId = '' }) => requestId) });
    return answer(orgId, operations);
  });
  return { batches, calls };
}

describe('batches of an organisation', () => {
  it('hold in their order what one turn asks, each organisation by itself, and answer each its own', async () => {
    const { batches, calls } = gather(async (_orgId, operations) =>
      operations.map(({ requestId = '' }) => [requestId.length]),
    );

    const answers = await Promise.all([
      batches.add('one', settle('a')),
      batches.add('two', settle('bb')),
      batches.add('one', settle('ccc')),
    ]);

    expect(answers).toEqual([[1], [2], [3]]);
    expect(calls).toEqual([
      { orgId: 'one', requestIds: ['a', 'ccc'] },
      { orgId: 'two', requestIds: ['bb'] },
    ]);
  });

  it('are never larger than their bound', async () => {
    const { batches, calls } = gather(async (_orgId, operations) => operations.map(() => [0]));

    await Promise.all(Array.from({ length: 70 }, (_, index) => batches.add('one', settle(`${index}`))));

    expect(calls.map(({ requestIds }) => requestIds.length)).toEqual([32, 32, 6]);
    expect(calls.flatMap(({ requestIds }) => requestIds)).toEqual(Array.from({ length: 70 }, (_, index) => `${index}`));
  });

  it('fail for all operations in them, and for no other', async () => {
    const { batches } = gather(async (orgId, operations) => {
      if (orgId === 'one') throw new Error('gone');
      return operations.map(() => [0]);
    });

    const results = await Promise.allSettled([
      batches.add('one', settle('a')),
      batches.add('one', settle('b')),
      batches.add('two', settle('c')),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });
});
