import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { createOrganizationDirectory } from './directory.ts';

function openDirectory(answer: () => Promise<unknown>) {
  let [asked, nowMs] = [0, 0];
  const auth = {
    call: async ({ answer: schema }: { answer: { parse(value: unknown): unknown } }) => {
      asked += 1;
      return schema.parse(await answer()) as never;
    },
  };
  const directory = createOrganizationDirectory(auth, () => nowMs);
  const passTime = (ms: number) => {
    nowMs += ms;
  };
  return { directory, passTime, countAsked: () => asked };
}

describe('the directory of organisations', () => {
  it('asks once for an organisation that exists, and again after five minutes', async () => {
    const { directory, countAsked, passTime } = openDirectory(async () => ({ id: 'a' }));
    expect([await directory.confirm('a'), await directory.confirm('a')]).toEqual([true, true]);
    expect(countAsked()).toBe(1);
    passTime(300_001);
    expect(await directory.confirm('a')).toBe(true);
    expect(countAsked()).toBe(2);
  });

  it('keeps no refusal: an organisation can be made a moment later', async () => {
    let exists = false;
    const { directory } = openDirectory(async () => {
      if (!exists) throw new AppError('not_found');
      return { id: 'a' };
    });
    expect(await directory.confirm('a')).toBe(false);
    exists = true;
    expect(await directory.confirm('a')).toBe(true);
  });

  it('says neither yes nor no while auth does not answer', async () => {
    const { directory } = openDirectory(() => Promise.reject(new AppError('service_unavailable')));
    await expect(directory.confirm('a')).rejects.toMatchObject({ code: 'service_unavailable' });
  });

  it('keeps a bounded number of organisations', async () => {
    const { directory, countAsked } = openDirectory(async () => ({ id: 'a' }));
    for (let organisation = 0; organisation <= 10_000; organisation += 1) await directory.confirm(`${organisation}`);
    await directory.confirm('10000');
    expect(countAsked()).toBe(10_001);
    await directory.confirm('0');
    expect(countAsked()).toBe(10_002);
  });
});
