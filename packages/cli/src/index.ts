import { CommanderError } from 'commander';
import { CliError } from './client/cli-error.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

export type { Terminal } from './terminal.ts';

/** Runs one command. Returns the exit code: 0, 1 for a failure, 2 for a command that does not exist. */
export async function runCli(words: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return terminal.exitCode ?? 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CliError)) throw error;
    terminal.warn(`${error.message}\n`);
    return 1;
  }
}
