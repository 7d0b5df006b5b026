import { type OtlpSink, startOtlpSink } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Tracing } from './port.ts';
import { openTracing } from './tracing.ts';

const traceId = 'a'.repeat(32);
const clientStep = 'b'.repeat(16);
const header = (flags: string) => `00-${traceId}-${clientStep}-${flags}`;

describe('traces', () => {
  let sink: OtlpSink;
  beforeEach(async () => {
    sink = await startOtlpSink();
  });
  afterEach(() => sink.close());

  async function open(isOutermost: boolean, tracesSampleRatio = 1): Promise<Tracing> {
    const tracing = await openTracing({ otlpEndpoint: sink.url, tracesSampleRatio }, 'proxy', isOutermost);
    if (tracing === null) throw new Error('no traces');
    return tracing;
  }

  it('are off without an endpoint', async () => {
    expect(await openTracing({ otlpEndpoint: undefined, tracesSampleRatio: 1 }, 'proxy')).toBe(null);
  });

  it('continue the trace of the header, and pass it on', async () => {
    const tracing = await open(true);
    const outer = tracing.begin('POST /v1/chat/completions', 'server', header('00'), {
      method: 'POST',
      requestId: 'r1',
    });
    const inner = tracing.begin('chat m', 'client', outer.traceparent, {
      operation: 'chat.completions',
      provider: 'gcp.gemini',
    });
    inner.end({ outputTokens: 7 }, 'upstream_timeout');
    outer.end({ status: 504 }, null);
    await tracing.close();

    const [child, parent] = sink.spans;
    expect(parent).toMatchObject({ traceId, parentSpanId: clientStep, service: 'proxy', kind: 2, isError: false });
    expect(parent?.attributes).toEqual({
      ...{ 'http.request.method': 'POST', 'aggregator.request.id': 'r1', 'http.response.status_code': '504' },
    });
    expect(child).toMatchObject({ traceId, parentSpanId: parent?.spanId, kind: 3, isError: true });
    expect(child?.attributes).toEqual({
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'gcp.gemini' },
      ...{ 'gen_ai.usage.output_tokens': '7', 'error.type': 'upstream_timeout' },
    });
    expect(outer.traceparent).toBe(`00-${traceId}-${parent?.spanId}-01`);
  });

  it.each([undefined, null, '', 'x', `00-${'0'.repeat(32)}-${clientStep}-01`, ['a', 'b'], `${header('01')} `])(
    'begin a new trace for the header %j',
    async (bad) => {
      const tracing = await open(true);
      const { traceparent } = tracing.begin('step', 'server', bad, {});
      await tracing.close();

      expect(traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      expect(traceparent).not.toContain(traceId);
    },
  );

  it('are sampled by the outermost service alone, also if its client asks for it', async () => {
    const outermost = await open(true, 0);
    const wanted = outermost.begin('wanted', 'server', header('01'), {});
    wanted.end({}, null);
    const inner = await open(false, 0);
    inner.begin('kept', 'server', header('01'), {}).end({}, null);
    inner.begin('dropped', 'server', wanted.traceparent, {}).end({}, null);
    await outermost.close();
    await inner.close();

    expect(wanted.traceparent).toMatch(/-00$/);
    expect(sink.spans.map(({ name }) => name)).toEqual(['kept']);
  });

  it('are dropped without an error when the receiver is away', async () => {
    const tracing = await open(true);
    await sink.close();
    tracing.begin('step', 'server', undefined, {}).end({}, null);
    await expect(tracing.close()).resolves.toBeUndefined();
    sink = await startOtlpSink();
  });
});
