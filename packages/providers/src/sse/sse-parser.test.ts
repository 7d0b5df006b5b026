import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SseParser } from './sse-parser.ts';

/** CPU time of this process, in milliseconds: other processes on a busy machine do not add to it. */
function readCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function parse(chunks: readonly Buffer[]): string[] {
  const parser = new SseParser();
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

/** The standard's rules on the whole text at once, by the plainest means. */
function parseWholeText(bytes: Buffer): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of new TextDecoder().decode(bytes).split(/\r\n|\n|\r/)) {
    if (line === '' && data.length > 0) {
      events.push(data.join('\n'));
      data = [];
    }
    const [, name, value] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? [];
    if (name === 'data') data.push(value ?? '');
  }
  return data.length > 0 ? [...events, data.join('\n')] : events;
}

const sample = Buffer.from(
  '\uFEFFdata: first\n\n: keep-alive\nevent: note\ndata:{"text":"žluťoučký 🐎"}\r\n\r\nid: 7\rdata: two\rdata\rdata:  lines\r\rdatax: no\n\ndata: a\r\ndata: b\r\n\r\ndata: [DONE]\n\n',
);
const sampleEvents = ['first', '{"text":"žluťoučký 🐎"}', 'two\n\n lines', 'a\nb', '[DONE]'];

describe('the event parser', () => {
  it('returns the same events wherever the bytes are cut', () => {
    for (let cut = 0; cut <= sample.length; cut += 1) {
      expect(parse([sample.subarray(0, cut), sample.subarray(cut)])).toEqual(sampleEvents);
    }
    expect(parse([...sample].map((byte) => Buffer.from([byte])))).toEqual(sampleEvents);
  });

  it('returns an event as soon as its blank line is there', () => {
    const parser = new SseParser();
    expect(parser.push(Buffer.from('data: one\n'))).toEqual([]);
    expect(parser.push(Buffer.from('\ndata: two\n\ndata: th'))).toEqual(['one', 'two']);
    expect(parser.push(Buffer.from('ree\r'))).toEqual([]);
    expect(parser.push(Buffer.from('\r'))).toEqual(['three']);
    expect(parser.push(Buffer.from('\n'))).toEqual([]);
    expect(parser.end()).toEqual([]);
  });

  it('returns a last event that lacks its blank line or its line end', () => {
    expect(parse([Buffer.from('data: a\n\ndata: b\n')])).toEqual(['a', 'b']);
    expect(parse([Buffer.from('data: a\n\ndata: b')])).toEqual(['a', 'b']);
    expect(parse([Buffer.from('data: a\n\n: b')])).toEqual(['a']);
  });

  it('agrees with the plain reading of any bytes in any chunks', () => {
    const piece = fc.constantFrom(
      'data',
      'data:',
      'data: ',
      ':',
      ' ',
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      'x',
      'ž',
      '🐎',
      '\uFEFF',
      'event: e',
    );
    const bytes = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => Buffer.from(pieces.join(''))),
      fc
        .array(fc.constantFrom(0x64, 0x61, 0x74, 0x3a, 0x20, 0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xe2, 0xff))
        .map(Buffer.from),
    );
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(60), { maxLength: 8 }), (whole, cuts) => {
        const edges = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        expect(parse(chunks)).toEqual(parseWholeText(whole));
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses an event above the bound, whether it is one line, many lines or an endless comment', () => {
    const tooLong = expect.objectContaining({ code: 'upstream_invalid_response' });
    const push = (...texts: string[]) => {
      const parser = new SseParser({ eventBytesMax: 100 });
      return () => texts.flatMap((text) => parser.push(Buffer.from(text)));
    };
    expect(push(`data:${'x'.repeat(100)}\n\n`)()).toEqual(['x'.repeat(100)]);
    expect(push(`data:${'x'.repeat(101)}\n\n`)).toThrow(tooLong);
    expect(push(`data:${'x'.repeat(60)}\n`, `data:${'x'.repeat(60)}\n`)).toThrow(tooLong);
    expect(push(':', 'x'.repeat(60), 'x'.repeat(60))).toThrow(tooLong);
    expect(push(...Array.from({ length: 50 }, () => `data:${'x'.repeat(90)}\n\n`))()).toHaveLength(50);
  });

  it('takes a five-megabyte event in small chunks without copying it over and over', () => {
    const event = Buffer.from(`data:${'x'.repeat(4_900_000)}\n\n`);
    const chunks = Array.from({ length: Math.ceil(event.length / 100) }, (_, index) =>
      event.subarray(index * 100, index * 100 + 100),
    );
    const startMs = readCpuMs();
    expect(parse(chunks)).toEqual(['x'.repeat(4_900_000)]);
    expect(readCpuMs() - startMs).toBeLessThan(5000);
  });

  it('keeps no hold of the buffers that it was given', () => {
    const parser = new SseParser();
    const chunk = Buffer.from('data: ab');
    parser.push(chunk);
    chunk.fill(0);
    expect(parser.push(Buffer.from('c\n\n'))).toEqual(['abc']);
  });
});
