import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createBatchedOutput } from './batched-output.ts';

const directory = mkdtempSync(join(tmpdir(), 'batched-output-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('batched output', () => {
  it('writes every line in order, at the latest when it is closed', () => {
    const path = join(directory, 'lines');
    const descriptor = openSync(path, 'w');
    const output = createBatchedOutput(descriptor);

    for (let line = 0; line < 5000; line += 1) output.write(`line ${line} é\n`);
    output.destroy();
    closeSync(descriptor);

    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, line) => `line ${line} é`));
  });

  it('goes on when nobody can take what it writes', () => {
    const descriptor = openSync(join(directory, 'closed'), 'w');
    const output = createBatchedOutput(descriptor);
    closeSync(descriptor);

    output.write('lost\n');

    expect(() => output.destroy()).not.toThrow();
  });
});
