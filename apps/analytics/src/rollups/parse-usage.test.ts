import { describe, expect, it } from '@jest/globals';
import { usageEvent } from '../testing/usage-event.ts';
import { parseUsage } from './parse-usage.ts';

const parse = (value: unknown) => parseUsage(JSON.stringify(value));

describe('a usage event', () => {
  it('is parsed, and identified by its content, in any order of its fields', () => {
    const event = usageEvent();
    const parsed = parse(event);
    const turned = parse(Object.fromEntries(Object.entries(event).reverse()));

    expect(parsed).toMatchObject({ event });
    expect(turned).toEqual(parsed);
    expect(parse({ ...event, latencyMs: 101 })).not.toEqual(parsed);
  });

  it.each([
    ['no JSON', '{"schema":', 'not JSON'],
    ['no object', '[]', 'expected object'],
    ['another schema', JSON.stringify({ ...usageEvent(), schema: 'usage.recorded/2' }), 'schema'],
    ['no organisation', JSON.stringify({ ...usageEvent(), orgId: undefined }), 'orgId'],
    ['an unknown field', JSON.stringify({ ...usageEvent(), prompt: 'canary' }), 'prompt'],
  ])('is refused with a reason when it is %s', (_what, text, reason) => {
    expect(parseUsage(text)).toEqual({ reason: expect.stringContaining(reason) });
  });

  it.each([
    ['amount_mismatch', { amountNanoUsd: '4501' }],
    ['amount_mismatch', { amountNanoUsd: '-1' }],
    ['void_with_amount', { outcome: 'void' as const, amountNanoUsd: '1' }],
    ['unpriced_usage', { usage: { imageOut: 1 } }],
    ['usage_out_of_bounds', { usage: { outputText: Number.MAX_SAFE_INTEGER } }],
    ['latency_out_of_bounds', { latencyMs: Number.MAX_SAFE_INTEGER }],
    ['time_out_of_bounds', { time: '0001-01-01T00:00:00Z' }],
    ['time_out_of_bounds', { time: '9999-12-31T23:59:59Z' }],
    ['unstorable_text', { model: 'a\u0000b' }],
  ])('is refused as %s, as billing refuses it: %j (I23)', (reason, changes) => {
    expect(parse({ ...usageEvent(), ...changes })).toEqual({ reason });
  });
});
