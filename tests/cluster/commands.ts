import { spawn } from 'node:child_process';
import { root } from '../tidy/source-files.ts';

export interface CommandOptions {
  /** Written to standard input. */
  input?: string;
  /** Default: 60 s. */
  timeoutMs?: number;
  environment?: Record<string, string>;
}

const outputLengthMax = 16 * 1024 * 1024;

/** Runs a program in the repository's root to its end and answers its standard output. Rejects with what it said on failure. */
export function runCommand(command: string, words: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, timeoutMs = 60_000, environment = {} } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let complaint = '';
    child.stdout.on('data', (chunk) => {
      if (output.length < outputLengthMax) output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      if (complaint.length < outputLengthMax) complaint += String(chunk);
    });
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ${words.join(' ')}: ${signal ?? code}\n${complaint || output}`.slice(0, 8000)));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** `kubectl`, on the current context. */
export function kubectl(words: readonly string[], options?: CommandOptions): Promise<string> {
  return runCommand('kubectl', words, options);
}

export async function kubectlJson(words: readonly string[], options?: CommandOptions): Promise<unknown> {
  return JSON.parse(await kubectl([...words, '-o', 'json'], options));
}

export function helm(words: readonly string[], options?: CommandOptions): Promise<string> {
  return runCommand('helm', words, options);
}
