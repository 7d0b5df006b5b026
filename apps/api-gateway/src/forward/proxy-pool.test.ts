import { afterEach, describe, expect, it } from '@jest/globals';
import { ProxyPool } from './proxy-pool.ts';

const urls = ['http://10.0.0.1:3003', 'http://10.0.0.2:3003', 'http://10.0.0.3:3003'];

describe('the pool of proxies', () => {
  const clock = { now: 0 };
  const draws: number[] = [];
  let pool = new ProxyPool();
  afterEach(async () => await pool.close());
  const open = () => {
    pool = new ProxyPool({ random: () => draws.shift() ?? 0, now: () => clock.now });
    pool.replace(urls.map((url) => ({ url })));
    return pool;
  };

  it('gives a request to the less busy of two', () => {
    const opened = open();
    const busy = opened.choose();
    busy.inFlight = 5;

    draws.push(0, 0.5);

    expect(opened.choose().url).toBe(urls[1]);
  });

  it('passes over one that took no connection, for a short while', () => {
    const opened = open();
    const dead = opened.choose();

    opened.rest(dead);

    expect(opened.choose()).not.toBe(dead);
    clock.now += 1000;
    expect(opened.choose()).toBe(dead);
  });

  it('asks one that rests where all do, and none twice for one request', () => {
    const opened = open();
    const tried = new Set([opened.choose()]);
    for (const _url of urls.slice(1)) tried.add(opened.choose(tried));
    for (const target of tried) opened.rest(target);

    expect(tried.size).toBe(3);
    expect(urls).toContain(opened.choose().url);
    expect(() => opened.choose(tried)).toThrow(expect.objectContaining({ code: 'service_unavailable' }));
  });

  it('gives nothing more to one that is gone', () => {
    const opened = open();
    const gone = opened.choose();

    opened.replace(urls.slice(1).map((url) => ({ url })));

    expect(opened.urls).toEqual(urls.slice(1));
    expect(opened.choose()).not.toBe(gone);
  });
});
