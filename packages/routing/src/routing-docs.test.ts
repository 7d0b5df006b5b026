import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { nearnessOf, scoreOf } from './score.ts';

const text = readFileSync(new URL('../../../docs/routing.md', import.meta.url), 'utf8');

/** Rows of numbers of the table under a heading cell. */
function readRows(heading: string): number[][] {
  const lines = text.slice(text.indexOf(`| ${heading} |`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) => (line.match(/[\d.]+/g) ?? []).map(Number));
}

describe('docs/routing.md', () => {
  it('lists the scores that are computed', () => {
    const rows = readRows('time to first life, ms');
    expect(rows.length).toBeGreaterThan(4);
    for (const [latencyMs = 0, tokensPerSecond = 0, errorShare = 0, latency = 0, throughput = 0] of rows) {
      const speed = { latencyMs, tokensPerSecond, errorShare };
      expect(scoreOf(speed, 'latency')).toBeCloseTo(latency, 1);
      expect(scoreOf(speed, 'throughput')).toBeCloseTo(throughput, 1);
    }
  });

  it('lists the shares that are kept beside the best', () => {
    const rows = readRows('above the best by');
    expect(rows.length).toBeGreaterThan(4);
    for (const [above = 0, share = 0] of rows) {
      expect(nearnessOf(100 + above, 100)).toBeCloseTo(share, 3);
    }
  });
});
