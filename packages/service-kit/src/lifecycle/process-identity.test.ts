import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from '@aggregator/testing';
import { describe, expect, it } from '@jest/globals';
import { identifyProcess, isAlive, readCommandLine } from './process-identity.ts';

describe('isAlive', () => {
  it('takes a process for dead once it ended, also while its parent has not noticed', async () => {
    // The shell leaves its child to `sleep`, which never asks after it.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line));
      await waitFor(() => !isAlive(pid), { describe: 'the ended process to count as dead' });
      expect(isAlive(parent.pid ?? 0)).toBe(true);
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

describe('identifyProcess', () => {
  it('names a process the same for its whole life, and another one differently', async () => {
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const mine = identifyProcess(process.pid);
    expect(mine).toBeDefined();
    expect(identifyProcess(process.pid)).toBe(mine);
    expect(identifyProcess(other.pid ?? 0)).not.toBe(mine);

    const gone = once(other, 'exit');
    other.kill('SIGKILL');
    await gone;
    expect(identifyProcess(other.pid ?? 0)).toBeUndefined();
  });
});

describe('readCommandLine', () => {
  it('returns the command line with which a process was started', () => {
    expect(readCommandLine(process.pid)).toContain('node');
  });
});
