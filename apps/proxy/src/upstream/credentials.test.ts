import { describe, expect, it } from '@jest/globals';
import { toSnapshot } from '../testing/start-world.ts';
import { Credentials } from './credentials.ts';

const minuteMs = 60_000;
const [provider] = toSnapshot('http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1').providers;
const naming = (...refs: string[]) => {
  if (provider === undefined) throw new Error('there is a provider');
  return { providers: [{ ...provider, credentialRefs: refs }] };
};

describe('the keys of a proxy', () => {
  it('are asked for once, and each by its reference', () => {
    const credentials = new Credentials(new Map([['A_API_KEY', 'of-environment']]), () => 0);
    expect(credentials.findMissing(naming('stored:a', 'stored:a', 'env:A_API_KEY', 'none'))).toEqual(['stored:a']);
    credentials.replace(naming('stored:a'), { 'stored:a': 'one' });

    expect(credentials.findMissing(naming('stored:a', 'stored:b'))).toEqual(['stored:b']);
    expect(['stored:a', 'env:A_API_KEY', 'none'].map((ref) => credentials.resolve(ref))).toEqual([
      'one',
      'of-environment',
      null,
    ]);
    expect(() => credentials.resolve('stored:b')).toThrow('upstream_misconfigured');
  });

  it('that are rotated stay for ten minutes: a request that was planned before still has its own', () => {
    let nowMs = 0;
    const credentials = new Credentials(new Map(), () => nowMs);
    credentials.replace(naming('stored:old'), { 'stored:old': 'old' });
    credentials.replace(naming('stored:new'), { 'stored:new': 'new' });
    nowMs = 10 * minuteMs;
    credentials.replace(naming('stored:new'), {});

    expect(['stored:old', 'stored:new'].map((ref) => credentials.resolve(ref))).toEqual(['old', 'new']);
    nowMs += 1;
    credentials.replace(naming('stored:new'), {});
    expect(() => credentials.resolve('stored:old')).toThrow('upstream_misconfigured');
    expect(credentials.resolve('stored:new')).toBe('new');
  });
});
