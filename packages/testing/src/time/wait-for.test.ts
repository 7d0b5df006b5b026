import { describe, expect, it } from '@jest/globals';
import { waitFor } from './wait-for.ts';

describe('waitFor', () => {
  it('returns the value of the condition once it is true', async () => {
    const answers = [undefined, false, 'here'];
    expect(await waitFor(() => answers.shift(), { describe: 'an answer' })).toBe('here');
  });

  it('takes a condition that throws as not met yet, and reports its last error when the time is over', async () => {
    const failure = new Error('not there');
    const waiting = waitFor(() => Promise.reject(failure), { timeoutMs: 30, describe: () => 'the row to be there' });
    await expect(waiting).rejects.toMatchObject({
      message: 'Waited 30 ms in vain for the row to be there',
      cause: failure,
    });
  });

  it('ends in time when the condition hangs', async () => {
    const waiting = waitFor(() => new Promise<boolean>(() => undefined), { timeoutMs: 30, describe: 'nothing' });
    await expect(waiting).rejects.toThrow('Waited 30 ms in vain for nothing');
  });
});
