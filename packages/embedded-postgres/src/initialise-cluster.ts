import { spawn } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { RunAs } from './run-as.ts';

const INITDB_TIMEOUT_MS = 120_000;
const OUTPUT_CHARACTERS_MAX = 4_000;

export interface ClusterOptions {
  initdb: string;
  dataDirectory: string;
  password: string;
  runAs: RunAs;
}

/**
 * Makes an empty database cluster. It gets its final name when it is complete, so a start that was killed leaves no
 * half of one.
 */
export async function initialiseCluster({ initdb, dataDirectory, password, runAs }: ClusterOptions): Promise<void> {
  const half = `${dataDirectory}.new`;
  const passwordFile = `${dataDirectory}.password`;
  rmSync(half, { recursive: true, force: true });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  runAs.own(passwordFile);
  try {
    await run(
      runAs,
      initdb,
      [
        ['-D', half],
        ['--username', 'postgres'],
        ['--pwfile', passwordFile],
        ['--auth', 'scram-sha-256'],
        ['--encoding', 'UTF8'],
        ['--locale', 'C'],
        // Sorts by code point, as C does, but knows upper and lower case of every script.
        ['--locale-provider', 'builtin'],
        ['--builtin-locale', 'C.UTF-8'],
        ['--no-instructions'],
      ].flat(),
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(half, dataDirectory);
}

function run(runAs: RunAs, program: string, programParameters: readonly string[]): Promise<void> {
  const { file, parameters } = runAs.command(program, programParameters);
  return new Promise((resolve, reject) => {
    const child = spawn(file, parameters, {
      ...runAs.spawnOptions,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: INITDB_TIMEOUT_MS,
      windowsHide: true,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed (${signal ?? code}):\n${output.trim()}`));
    });
  });
}
