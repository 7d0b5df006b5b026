import { describe, expect, it } from '@jest/globals';
import { type Block, BlockSequence, type BlockSink } from './block-sequence.ts';
import type { Piece } from './read-pieces.ts';

class Recorder implements BlockSink {
  readonly lines: string[] = [];

  open({ position, kind }: Block): void {
    this.lines.push(`${position} open ${kind}`);
  }

  add({ position }: Block, text: string): void {
    this.lines.push(`${position} ${text.length > 20 ? text.length : text}`);
  }

  close({ position }: Block, isLast: boolean): void {
    this.lines.push(`${position} close${isLast ? ' last' : ''}`);
  }
}

const said = (text: string): Piece => ({ kind: 'text', text });
const call = (index: number, text: string, name: string | null = null): Piece => ({
  kind: 'call',
  call: index,
  id: null,
  name,
  text,
  isCustom: false,
});

function record(...pieces: Piece[]): Recorder {
  const recorder = new Recorder();
  const sequence = new BlockSequence(recorder);
  for (const piece of pieces) sequence.take(piece);
  recorder.lines.push('finish');
  sequence.finish();
  return recorder;
}

describe('BlockSequence', () => {
  it('holds nothing back where call follows call, as providers send them', () => {
    expect(record(said('a'), call(0, '{"x":', 'f'), call(0, '1}'), call(1, '{}', 'g')).lines).toEqual([
      '0 open text',
      '0 a',
      '0 close',
      '1 open call',
      '1 {"x":',
      '1 1}',
      '1 close',
      '2 open call',
      '2 {}',
      'finish',
      '2 close last',
    ]);
  });

  it('lets what comes between a call’s arguments wait for them', () => {
    expect(record(call(0, '{', 'f'), call(1, '{}', 'g'), said('a'), call(0, '}')).lines).toEqual([
      '0 open call',
      '0 {',
      '0 }',
      '0 close',
      '1 open call',
      '1 {}',
      '1 close',
      '2 open text',
      '2 a',
      'finish',
      '2 close last',
    ]);
  });

  it('is not deceived by brackets and quotes inside arguments', () => {
    const text = '{"a":"}\\"]","b":[{}]}';

    expect(
      record(call(0, text.slice(0, 9), 'f'), call(1, '{}', 'g'), call(0, text.slice(9))).lines.slice(0, 4),
    ).toEqual(['0 open call', `0 ${text.slice(0, 9)}`, `0 ${text.slice(9)}`, '0 close']);
  });

  it('opens a call when it has a name, and at the end one that never had one', () => {
    expect(record(call(0, '{'), call(0, '}', 'f')).lines).toEqual(['0 open call', '0 {}', 'finish', '0 close last']);
    expect(record(call(0, '{}')).lines).toEqual(['finish', '0 open call', '0 {}', '0 close last']);
  });

  it('holds back no more than its bound: from there on blocks lie open side by side', () => {
    const long = 'x'.repeat(1024 * 1024 + 1);

    expect(record(call(0, '{', 'f'), said(long), call(0, '}'), said('b')).lines).toEqual([
      '0 open call',
      '0 {',
      '1 open text',
      `1 ${long.length}`,
      '0 }',
      '1 b',
      'finish',
      '0 close',
      '1 close last',
    ]);
  });
});
