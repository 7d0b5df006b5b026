import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.ts';

describe('metrics', () => {
  it('are returned with their current values, including the latest counts', async () => {
    const metrics = createMetrics('test');
    const counter = metrics.counter('things_total', 'Things.', ['kind']);
    const plain = metrics.counter('others_total', 'Others.');
    const histogram = metrics.histogram('seconds', 'Seconds.', ['kind'], [1, 10]);

    counter.inc({ kind: 'a' });
    counter.inc({ kind: 'a' }, 4);
    plain.inc();
    histogram.observe({ kind: 'a' }, 5);
    const { text, contentType } = await metrics.read();

    expect(contentType).toMatch(/^text\/plain/);
    expect(text).toContain('things_total{kind="a",service="test"} 5');
    expect(text).toContain('others_total{service="test"} 1');
    expect(text).toContain('seconds_bucket{le="1",service="test",kind="a"} 0');
    expect(text).toContain('seconds_bucket{le="10",service="test",kind="a"} 1');
  });

  it('look up a value that is observed each time', async () => {
    const metrics = createMetrics('test');
    let value = 1;
    metrics.observed('level', 'Level.', () => value);

    expect((await metrics.read()).text).toContain('level{service="test"} 1');
    value = 7;
    expect((await metrics.read()).text).toContain('level{service="test"} 7');
  });
});
