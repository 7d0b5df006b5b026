import { AppError } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientJsonBounds } from './json-figures.ts';
import { parseJsonBody, parseScannedJson, scanJson } from './parse-json-body.ts';
import { scanJsonInTurns } from './parse-json-in-turns.ts';

type Outcome = { value: string } | { code: string };

const toFailure = (error: unknown): Outcome => ({ code: error instanceof AppError ? error.code : String(error) });

function parseAtOnce(text: string): Outcome {
  try {
    return { value: JSON.stringify(parseJsonBody(Buffer.from(text))) };
  } catch (error) {
    return toFailure(error);
  }
}

async function parseInTurns(text: string, pieceBytes?: number): Promise<Outcome> {
  try {
    const scanned = await scanJsonInTurns(Buffer.from(text), clientJsonBounds, { pieceBytes });
    return { value: JSON.stringify(await scanned.parse()) };
  } catch (error) {
    return toFailure(error);
  }
}

const json = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 5 }), { maxKeys: 6 });
const indent = fc.constantFrom(0, 1, '\t\r');
const pieces = fc.integer({ min: 0, max: 12 });

describe('a JSON body that is parsed in turns', () => {
  it('is what it is when it is parsed at once, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(json, indent, pieces, async (value, space, pieceBytes) => {
        const text = JSON.stringify(value, null, space);
        expect(await parseInTurns(text, pieceBytes)).toEqual(parseAtOnce(text));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the text of numbers inside opaque values, wherever it is cut', async () => {
    const number = fc.constantFrom('1234567890123456789', '1.0', '-0', '1e400', '7');
    const list = fc.array(number, { minLength: 1, maxLength: 4 }).map((all) => `[${all.join(', ')}]`);
    await fc.assert(
      fc.asyncProperty(fc.tuple(list, list, number), pieces, async ([one, other, last], pieceBytes) => {
        const opaque = `{"a":${one},"b":{"input":${other}},"c":${last}}`;
        const text = `{"x":[{"temperature":1.0}, 2.0],"tools":[{"input":${opaque}},{"arguments":${other}}],"n":-0}`;
        const read = await parseInTurns(text, pieceBytes);
        const expected = text.replace('"temperature":1.0}, 2.0', '"temperature":1},2').replace('"n":-0', '"n":0');
        expect(read).toEqual({ value: expected.replaceAll(', ', ',') });
        expect(parseAtOnce(text)).toEqual(read);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused if it is refused at once, wherever it is cut and broken', async () => {
    const marks = fc.constantFrom(
      '',
      ',',
      ':',
      '{',
      '}',
      '[',
      ']',
      '"',
      'x',
      ' ',
      '0',
      'null',
      '{}',
      '[]',
      '"a":',
      '\\',
    );
    const places = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), marks), {
      minLength: 1,
      maxLength: 2,
    });
    await fc.assert(
      fc.asyncProperty(json, pieces, places, async (value, pieceBytes, changes) => {
        let text = JSON.stringify(value);
        for (const [share, mark] of changes) {
          const at = Math.floor(share * text.length);
          text = text.slice(0, at) + mark + text.slice(at + (mark === '' ? 1 : 0));
        }
        expect(await parseInTurns(text, pieceBytes)).toEqual(parseAtOnce(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('C-F3: has the same text forwarded or refused, and the same field named, wherever it is cut', async () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\u0000', '\ud800', '\udc00'), maxLength: 3 });
    const names = fc.constantFrom('content', 'input', 'metadata', 'name', 'user', '\u0000');
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, text, fc.array(tie('any'), { maxLength: 3 }), fc.dictionary(names, tie('any'))),
    })).any;
    const read = async (parse: () => unknown) => {
      try {
        return JSON.stringify(await parse());
      } catch (error) {
        return error instanceof AppError ? [error.code, error.param] : error;
      }
    };
    await fc.assert(
      fc.asyncProperty(fc.dictionary(names, value), pieces, async (body, pieceBytes) => {
        const bytes = Buffer.from(JSON.stringify(body));
        const scanned = await scanJsonInTurns(bytes, clientJsonBounds, { pieceBytes });
        const atOnce = await read(() => parseScannedJson(bytes, scanJson(bytes, clientJsonBounds), 'forwarded'));
        expect(await read(() => scanned.parse('forwarded'))).toEqual(atOnce);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['a field twice in two pieces', '{"a":[1,2,3],"b":[1],"a":[3,4,5]}', 'invalid_json'],
    ['a comma behind the last entry', '{"a":[[1,2,3],[4,5,6],]}', 'invalid_json'],
    ['brackets that do not match', '{"a":[1,2,3},"b":0]', 'invalid_json'],
    ['text behind the end', '{"a":[1,2,3]} 1', 'invalid_json'],
    ['a lone surrogate in a name before a large value', '{"\\ud800":[1,2,3]}', 'invalid_value'],
    ['nothing', '', 'invalid_json'],
  ])('is refused for %s', async (_name, text, code) => {
    expect(await parseInTurns(text, 2)).toEqual({ code });
  });

  it('lets others run between its pieces (I4)', async () => {
    const parts = Array.from({ length: 45_000 }, (_, at) => ({ type: 'text', text: `${at} ${'x'.repeat(300)}` }));
    const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: parts }] }));
    let turns = 0;
    let isOver = false;
    const count = () => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };

    setImmediate(count);
    const scanned = await scanJsonInTurns(body, clientJsonBounds);
    const scanTurns = turns;
    await scanned.parse();
    isOver = true;

    expect(scanTurns).toBeGreaterThan(body.length / 1024 / 1024);
    // A piece is 64 KiB, and a turn some milliseconds.
    expect(turns - scanTurns).toBeGreaterThanOrEqual(4);
  });
});
