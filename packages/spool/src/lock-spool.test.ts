import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeRoot, makeSpoolOptions, removeRoot } from './__fixtures__/temporary-spool.ts';
import { lockSpool } from './lock-spool.ts';
import { openSpool } from './open-spool.ts';

let root = '';
beforeEach(() => {
  root = makeRoot();
});
afterEach(() => removeRoot(root));

describe('spool directory lock', () => {
  it('refuses a directory that a live process holds, and takes it over when that process is dead', async () => {
    const script = new URL('./__fixtures__/hold-until-killed.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    const isEnded = once(child, 'exit');
    try {
      await once(child.stdout, 'data');
      expect(() => lockSpool(root)).toThrow(`held by process ${child.pid}`);
    } finally {
      child.kill('SIGKILL');
    }
    await isEnded;
    expect(existsSync(join(root, 'lock'))).toBe(true);
    lockSpool(root).release();
    expect(existsSync(join(root, 'lock'))).toBe(false);
  });

  it('refuses the same directory twice in one process, until it is closed', async () => {
    const { options } = makeSpoolOptions(root);
    const spool = await openSpool(options);
    await expect(openSpool(options)).rejects.toMatchObject({ code: 'conflict' });
    await spool.close();
    await (await openSpool(options)).close();
  });

  it('takes over the lock of a dead process that had the process id of this one', () => {
    writeFileSync(join(root, 'lock'), JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' }));
    lockSpool(root).release();
  });

  it('takes over a lock that was cut short', () => {
    writeFileSync(join(root, 'lock'), '{"pid":');
    lockSpool(root).release();
  });
});
