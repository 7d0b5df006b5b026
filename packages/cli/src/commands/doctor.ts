import type { Command } from 'commander';
import { openApi } from '../client/call.ts';
import { examine } from '../doctor/examine.ts';
import { print, toTable } from '../print.ts';
import type { Terminal } from '../terminal.ts';

export function addDoctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('examine a running installation, and say what to do; exits with 1 if something fails')
    .action(async (_options: object, command: Command) => {
      const findings = await examine(openApi(command, terminal));
      print(command, terminal, { findings }, () => toTable(findings, ['state', 'check', 'found', 'advice']));
      if (findings.some(({ state }) => state === 'fail')) terminal.exitCode = 1;
    });
}
