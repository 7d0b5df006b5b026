import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toDurationMs } from './duration.ts';
import { type MockScript, parseMockScript, toMockScript } from './mock-script.ts';
import { mockFault, type ProviderSpec } from './provider.ts';

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const fault = fc
  .record({
    kind: fc.constantFrom(...mockFault.shape.kind.options),
    percent: fc.integer({ min: 1, max: 100 }),
    status: fc.integer({ min: 400, max: 599 }),
    retryAfterSeconds: optional(fc.integer({ min: 0, max: 3600 })),
    afterTokens: optional(fc.integer({ min: 0, max: 100_000 })),
  })
  .map(({ status, ...rest }) => (rest.kind === 'Status' ? { ...rest, status } : rest));
const mock = fc.record({
  latency: optional(fc.integer({ min: 0, max: 600_000 }).map((ms) => `${ms}ms`)),
  tokenInterval: optional(fc.integer({ min: 0, max: 60_000 }).map((ms) => `${ms}ms`)),
  faults: optional(fc.array(fault, { maxLength: 16 })),
});

/** What of a spec arrives at the mock provider. */
function sent(spec: ProviderSpec['mock']): MockScript | null {
  return parseMockScript(toMockScript(spec).script ?? '');
}

describe('the script of a mock provider', () => {
  it('arrives as it was declared, however long it is', () => {
    fc.assert(
      fc.property(mock, ({ latency, tokenInterval, faults }) => {
        expect(sent({ latency, tokenInterval, faults })).toEqual({
          ...(latency && { latencyMs: Number(latency.slice(0, -2)) }),
          ...(tokenInterval && { tokenIntervalMs: Number(tokenInterval.slice(0, -2)) }),
          ...(faults && { faults: JSON.parse(JSON.stringify(faults)) }),
        });
      }),
    );
  });

  it('is no option at all where nothing is declared', () => {
    expect(toMockScript(undefined)).toEqual({});
  });

  it.each([{ latency: '10m1ms' }, { tokenInterval: '1h' }, { latency: 'soon' }])('is never made of %j', (spec) => {
    expect(() => toMockScript(spec)).toThrow();
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['an unknown word', '{"latency":1}'],
    ['an unknown kind', '{"faults":[{"kind":"Explode"}]}'],
    ['an unknown word in a fault', '{"faults":[{"kind":"Cut","after":1}]}'],
    ['a refusal without its status', '{"faults":[{"kind":"Status"}]}'],
    ['a status of something else', '{"faults":[{"kind":"Cut","status":500}]}'],
    ['a wait without end', '{"latencyMs":600001}'],
    ['too many faults', JSON.stringify({ faults: Array(17).fill({ kind: 'Cut' }) })],
    ['too long a text', `{}${' '.repeat(2000)}`],
    ['a line break, which no header holds', '{}\n'],
  ])('is not read from %s', (_what, text) => {
    expect(parseMockScript(text)).toBeNull();
  });
});

describe('a duration', () => {
  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['0.0001s', 1],
  ])('%s is %d ms', (text, ms) => expect(toDurationMs(text)).toBe(ms));

  it.each(['', '5', '-1s', '1d', '1 s', '1us'])('is not %j', (text) => expect(() => toDurationMs(text)).toThrow());
});
