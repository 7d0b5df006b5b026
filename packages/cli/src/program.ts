import { Command } from 'commander';
import { addAccess } from './commands/access.ts';
import { addCompletion } from './commands/completion.ts';
import { addDoctor } from './commands/doctor.ts';
import { addKeys } from './commands/keys.ts';
import { addMoney } from './commands/money.ts';
import { addOperations } from './commands/operations.ts';
import type { Terminal } from './terminal.ts';

export function createProgram(terminal: Terminal): Command {
  const program = new Command('aggregator')
    .description('The management API of AI Aggregator.')
    .option('--url <url>', 'address of the gateway; else AGGREGATOR_URL, else that of the login')
    .option('--json', 'write the answer of the API as JSON')
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn });
  for (const add of [addAccess, addKeys, addMoney, addOperations, addDoctor, addCompletion]) add(program, terminal);
  return program;
}
