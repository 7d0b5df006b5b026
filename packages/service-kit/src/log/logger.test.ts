import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.ts';

function capture(level: 'info' | 'warn' = 'info', format: 'json' | 'text' = 'json') {
  const stream = new PassThrough();
  const logger = createLogger({ service: 'test', level, format, stream });
  return { logger, read: () => String(stream.read() ?? '') };
}

describe('logger', () => {
  it('writes one JSON line with the event, the service and the fields', () => {
    const { logger, read } = capture();

    logger.info('call_finished', { requestId: 'r1', amountNanoUsd: 12n });

    expect(JSON.parse(read())).toMatchObject({
      level: 'info',
      message: 'call_finished',
      service: 'test',
      requestId: 'r1',
      amountNanoUsd: '12',
    });
  });

  it('writes one line for people with format text, and blanks secrets there too (I5)', () => {
    const { logger, read } = capture('info', 'text');

    logger.info('call_finished', {
      requestId: 'r1',
      note: 'two\nlines',
      count: 2,
      apiKey: 'canary',
      absent: undefined,
    });

    expect(read()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} info {2}test call_finished requestId=r1 note="two\\nlines" count=2 apiKey=\[redacted\]\n$/,
    );
  });

  it('blanks secrets by the name of their field and by their form, in errors and causes too (I5)', () => {
    const { logger, read } = capture();
    const canary = 'agk_live_CANARY0123456789';

    logger.info('leak', {
      authorization: 'Basic canary-basic',
      nested: { apiKey: 'canary-name', note: `used ${canary}` },
      url: 'postgresql://user:canary-password@db/x',
      error: new Error(`sk-canary-12345678 refused`, { cause: new Error(`Bearer canary-token`) }),
    });

    const line = read();
    expect(line).toContain('[redacted]');
    expect(line).not.toMatch(/canary-basic|canary-name|CANARY|canary-password|sk-canary|canary-token/);
  });

  it('bounds what one line can hold', () => {
    const { logger, read } = capture();

    logger.info('long', { text: 'x'.repeat(100_000) });

    expect(read().length).toBeLessThan(5000);
  });

  it('leaves out what is below its level', () => {
    const { logger, read } = capture('warn');

    logger.info('quiet');

    expect(read()).toBe('');
  });
});
