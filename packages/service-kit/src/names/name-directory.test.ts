import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createNameDirectory } from './name-directory.ts';

const orgId = randomUUID();

/** Auth that names each id by its first part, as long as it is there. */
function openDirectory() {
  const auth = { isAway: false, callMs: 0, fails: 0, asked: [] as string[][] };
  let nowMs = 0;
  const failures: unknown[] = [];
  const call = async ({ body, answer }: { body?: unknown; answer: { parse(value: unknown): unknown } }) => {
    if (auth.isAway) throw new Error('auth is away');
    const { ids } = body as { ids: string[] };
    auth.asked.push(ids);
    nowMs += auth.callMs;
    if (auth.fails > 0 && auth.asked.length >= auth.fails) throw new Error('auth is late');
    return answer.parse({ names: Object.fromEntries(ids.map((id) => [id, id.slice(0, 8)])) }) as never;
  };
  const directory = createNameDirectory(
    { call },
    () => nowMs,
    (error) => failures.push(error),
  );
  const passTime = (ms: number) => {
    nowMs += ms;
  };
  return { directory, auth, failures, passTime };
}

describe('the directory of names', () => {
  it('asks once a minute for a name', async () => {
    const { directory, auth, passTime } = openDirectory();
    const id = randomUUID();
    const find = async () => (await directory.find(orgId, [id, id]))(id);
    expect([await find(), await find()]).toEqual([id.slice(0, 8), id.slice(0, 8)]);
    expect(auth.asked).toEqual([[id]]);
    passTime(60_000);
    await find();
    expect(auth.asked).toHaveLength(2);
  });

  it('returns no name of one organisation for another one (I17)', async () => {
    const { directory, auth } = openDirectory();
    const id = randomUUID();
    await directory.find(orgId, [id]);
    await directory.find(randomUUID(), [id]);
    expect(auth.asked).toHaveLength(2);
  });

  it('returns no names while auth is away, and asks again after five seconds', async () => {
    const { directory, auth, failures, passTime } = openDirectory();
    const id = randomUUID();
    auth.isAway = true;
    expect((await directory.find(orgId, [id]))(id)).toBeUndefined();
    auth.isAway = false;
    expect((await directory.find(orgId, [id]))(id)).toBeUndefined();
    expect([failures.length, auth.asked.length]).toEqual([1, 0]);
    passTime(5000);
    expect((await directory.find(orgId, [id]))(id)).toBe(id.slice(0, 8));
  });

  it('waits once in five seconds for names that are not kept, also if others of the answer are (I12)', async () => {
    const { directory, auth, failures } = openDirectory();
    const [known, unknown] = [randomUUID(), randomUUID()];
    await directory.find(orgId, [known]);
    auth.isAway = true;
    for (let answer = 0; answer < 3; answer += 1) {
      const nameOf = await directory.find(orgId, [known, unknown]);
      expect([nameOf(known), nameOf(unknown)]).toEqual([known.slice(0, 8), undefined]);
    }
    expect(failures).toHaveLength(1);
  });

  it('asks for one organisation although the first batch of another one was late (I12)', async () => {
    const { directory, auth } = openDirectory();
    auth.fails = 1;
    await directory.find(orgId, [randomUUID()]);
    auth.fails = 0;
    const other = randomUUID();
    expect((await directory.find(randomUUID(), [other]))(other)).toBe(other.slice(0, 8));
  });

  it('keeps the names of others however many one organisation asks for (I12)', async () => {
    const { directory, auth } = openDirectory();
    const [other, id] = [randomUUID(), randomUUID()];
    await directory.find(other, [id]);
    for (let answer = 0; answer < 12; answer += 1) {
      await directory.find(
        orgId,
        Array.from({ length: 2_000 }, () => randomUUID()),
      );
    }
    auth.asked.length = 0;
    await directory.find(other, [id]);
    expect(auth.asked).toEqual([]);
  });

  it('asks in batches of a thousand, and keeps a bounded number', async () => {
    const { directory, auth } = openDirectory();
    const ids = Array.from({ length: 10_500 }, () => randomUUID());
    const nameOf = await directory.find(orgId, ids);
    expect(auth.asked.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 1000));
    expect(nameOf(ids[9_999] ?? '')).toBeDefined();
    expect(nameOf(ids[10_000] ?? '')).toBeUndefined();
    for (let answer = 0; answer < 10; answer += 1) {
      await directory.find(
        orgId,
        Array.from({ length: 2_000 }, () => randomUUID()),
      );
    }
    auth.asked.length = 0;
    await directory.find(orgId, [ids[0] ?? '']);
    expect(auth.asked).toHaveLength(1);
  });

  it('asks for others when one large answer took too long, and ends that one (I12)', async () => {
    const { directory, auth } = openDirectory();
    auth.callMs = 400;
    const ids = Array.from({ length: 10_000 }, () => randomUUID());
    const nameOf = await directory.find(orgId, ids);
    expect(auth.asked).toHaveLength(3);
    expect(nameOf(ids[2_999] ?? '')).toBeDefined();
    auth.fails = 5;
    await directory.find(orgId, ids.slice(3_000));
    auth.fails = 0;
    const other = randomUUID();
    expect((await directory.find(randomUUID(), [other]))(other)).toBe(other.slice(0, 8));
  });

  it('keeps two thousand names of an organisation', async () => {
    const { directory, auth } = openDirectory();
    const mine = Array.from({ length: 3_000 }, () => randomUUID());
    await directory.find(orgId, mine);
    auth.asked.length = 0;
    await directory.find(orgId, mine.slice(1_000));
    expect(auth.asked).toEqual([]);
    await directory.find(orgId, mine);
    expect(auth.asked.flat()).toEqual(mine.slice(0, 1_000));
  });
});
