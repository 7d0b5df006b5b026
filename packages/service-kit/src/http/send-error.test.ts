import { AppError, errorCatalogue } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { errorHeaders } from './send-error.ts';

const codes = Object.keys(errorCatalogue) as (keyof typeof errorCatalogue)[];
const mayRepeat = codes.filter((code) => {
  const { status, isRetryable } = errorCatalogue[code];
  return isRetryable && (status === 429 || status === 503);
});
const others = codes.filter((code) => !mayRepeat.includes(code));

describe('the headers of an error', () => {
  it.each(mayRepeat)('say when to repeat a request that %s rejected (I12)', (code) => {
    expect(errorHeaders(new AppError(code))).toEqual({ 'x-should-retry': 'true', 'retry-after': '1' });
    expect(errorHeaders(new AppError(code, { retryAfterMs: 4001 }))['retry-after']).toBe('5');
  });

  it.each(others)('say nothing of a time for %s if no place names one', (code) => {
    expect(errorHeaders(new AppError(code))).not.toHaveProperty('retry-after');
  });
});
