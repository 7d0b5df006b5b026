import { describe, expect, it } from '@jest/globals';
import { ProviderTrafficBook } from './provider-traffic.ts';

function open(providersMax = 10) {
  const clock = { nowMs: 12_345 };
  return { clock, book: new ProviderTrafficBook({ now: () => clock.nowMs, providersMax }) };
}

describe('the traffic of a provider', () => {
  it('counts what ended, what failed, and what was not let in', () => {
    const { book } = open();
    book.succeed('p', 100);
    book.fail('p', false);
    book.fail('p', true);
    book.forget('p');
    book.succeed('q', 1);

    expect(book.read('p')).toMatchObject({ attempts: 4, failures: 2, unauthorized: 1 });
    expect(book.read('q')).toMatchObject({ attempts: 1, failures: 0, unauthorized: 0 });
    expect(book.read('unknown')).toEqual({ attempts: 0, failures: 0, unauthorized: 0, p95Ms: null });
  });

  it('reports the latency that 95 of 100 stay below, within a fifth of it', () => {
    const { book } = open();
    for (let ms = 1; ms <= 1000; ms += 1) book.succeed('p', ms);
    const { p95Ms } = book.read('p');

    expect(p95Ms).toBeGreaterThanOrEqual(950);
    expect(p95Ms).toBeLessThanOrEqual(950 * 1.2);
    book.succeed('long', 10 * 3_600_000);
    expect(book.read('long').p95Ms).toBeGreaterThan(3_600_000);
  });

  it('is that of the last minute: nothing of it is lost before, all of it soon after', () => {
    const { clock, book } = open();
    for (let second = 0; second < 200; second += 1) {
      book.succeed('p', 50);
      clock.nowMs += 1000;
    }
    const { attempts } = book.read('p');

    expect(attempts).toBeGreaterThanOrEqual(60);
    expect(attempts).toBeLessThanOrEqual(65);
    clock.nowMs += 65_000;
    expect(book.read('p')).toEqual({ attempts: 0, failures: 0, unauthorized: 0, p95Ms: null });
    expect(book.listBusy()).toEqual([]);
  });

  it('forgets in all of the minute who refused keys that are gone, and nothing else', () => {
    const { clock, book } = open();
    book.fail('p', true);
    book.fail('q', true);
    clock.nowMs += 20_000;
    book.fail('p', true);

    book.forgetRefusals('p');
    book.forgetRefusals('unknown');

    expect(book.read('p')).toMatchObject({ attempts: 2, failures: 2, unauthorized: 0 });
    expect(book.read('q')).toMatchObject({ unauthorized: 1 });
    expect(book.listBusy()).toEqual(['p', 'q']);
  });

  it('is remembered of so many providers, and no more', () => {
    const { book } = open(2);
    for (const name of ['a', 'b', 'c']) book.forget(name);

    expect(book.listBusy()).toEqual(['b', 'c']);
  });
});
