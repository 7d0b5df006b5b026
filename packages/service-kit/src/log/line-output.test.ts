import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LineOutput } from './line-output.ts';

const directory = mkdtempSync(join(tmpdir(), 'line-output-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('lines on standard output', () => {
  it('are written in their order when they are flushed', () => {
    const path = join(directory, 'lines');
    const descriptor = openSync(path, 'w');
    const output = new LineOutput(descriptor);

    for (let line = 0; line < 5000; line += 1) output.write(`line ${line} é\n`);
    output.flush();
    closeSync(descriptor);

    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, line) => `line ${line} é`));
  });

  it('are dropped when the output is closed', () => {
    const descriptor = openSync(join(directory, 'closed'), 'w');
    const output = new LineOutput(descriptor);
    closeSync(descriptor);

    output.write('lost\n');

    expect(() => output.flush()).not.toThrow();
  });

  /** A separate process: the test reads its output. */
  function run(program: string) {
    const logger = fileURLToPath(new URL('./logger.ts', import.meta.url));
    const source = `import { createLogger } from ${JSON.stringify(logger)};\nconst logger = createLogger({ service: 'test', level: 'info' });\n${program}`;
    const options = { input: source, encoding: 'utf8', timeout: 20_000 } as const;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-'], options);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line): { message: string; index?: number; timestamp: string } => JSON.parse(line));
  }

  it('are all there, in their order, when the process ends by itself', () => {
    const lines = run(`for (let index = 0; index < 1000; index += 1) logger.info('line', { index });`);

    expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  it('are written with an error at once, together with the lines before it', () => {
    const lines = run(
      `setTimeout(() => { logger.info('before'); logger.error('failed'); process.kill(process.pid, 'SIGKILL'); }, 10);`,
    );

    expect(lines.map(({ message }) => message)).toEqual(['before', 'failed']);
  });

  it('have the time of the event, not the time of the write', () => {
    const [line] = run(`const now = Date.now(); Date.now = () => 0; logger.info('then'); Date.now = () => now;`);

    expect(line?.timestamp).toBe('1970-01-01T00:00:00.000Z');
  });
});
