import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { RejectionLog } from './rejection-log.ts';

const failure = new AppError('budget_exceeded', { param: 'key' });
const request = (orgId: string) => ({ requestId: crypto.randomUUID(), orgId });

describe('the log of rejections', () => {
  it('gives each one once, with the error that the caller received', () => {
    const log = new RejectionLog(() => 0);
    const one = request('a');
    log.note(one, failure);

    expect(log.take()).toEqual([
      {
        ...one,
        time: '1970-01-01T00:00:00.000Z',
        code: 'budget_exceeded',
        param: 'key',
        message: failure.publicMessage,
      },
    ]);
    expect(log.take()).toEqual([]);
  });

  it('leaves out what billing would refuse', () => {
    const log = new RejectionLog(() => 0);
    log.note(request('a'), new AppError('model_not_found', { param: 'a\u0000b', message: 'x\ud800\u0000y' }));

    expect(log.take()).toMatchObject([{ param: 'ab', message: 'x\ufffdy' }]);
  });

  it('I12: keeps 20 of an organisation and 100 in all until they are taken', () => {
    const log = new RejectionLog(() => 0);
    for (let index = 0; index < 50; index += 1) log.note(request('flood'), failure);
    for (let index = 0; index < 200; index += 1) log.note(request(`org-${index}`), failure);
    const taken = log.take();

    expect(taken).toHaveLength(100);
    expect(taken.filter(({ orgId }) => orgId === 'flood')).toHaveLength(20);
  });
});
