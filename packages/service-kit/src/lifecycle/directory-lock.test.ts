import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDirectory } from './directory-lock.ts';
import { identifyProcess } from './process-identity.ts';

const dead = JSON.stringify({ pid: process.pid, startedAt: 'another boot/1' });
const alive = JSON.stringify({ pid: process.ppid, startedAt: identifyProcess(process.ppid) });
const toError = (pid: number | null) => new Error(`held by ${pid}`);

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'directory-lock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(root, name), text);
}

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

describe('lockDirectory', () => {
  it('leaves a dead lock alone while another process replaces it', () => {
    write('lock', dead);
    write('lock.next', alive);
    expect(() => lockDirectory(root, toError)).toThrow(`held by ${process.ppid}`);
    expect(read('lock')).toBe(dead);
    expect(read('lock.next')).toBe(alive);
  });

  it('takes over after a process that died while it replaced a dead lock', () => {
    write('lock', dead);
    write('lock.next', dead);
    const lock = lockDirectory(root, toError);
    expect(JSON.parse(read('lock'))).toMatchObject({ pid: process.pid, startedAt: identifyProcess(process.pid) });
    lock.release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('waits for a lock that is created and not yet written, and takes it over if it stays so', () => {
    write('lock', '');
    lockDirectory(root, toError).release();
    expect(readdirSync(root)).toEqual([]);
  });

  it('rejects a lock that an earlier version of the database wrote', () => {
    write('lock', JSON.stringify({ pid: process.ppid, identity: identifyProcess(process.ppid) }));
    expect(() => lockDirectory(root, toError)).toThrow(`held by ${process.ppid}`);
  });

  it('rejects a second lock of the same process', () => {
    const lock = lockDirectory(root, toError);
    expect(() => lockDirectory(root, toError)).toThrow(`held by ${process.pid}`);
    lock.release();
  });
});
