import { tokenAnswer } from '@aggregator/contracts';
import type { Command } from 'commander';
import { keepTokens, openApi } from '../client/call.ts';
import { CliError } from '../client/cli-error.ts';
import { dropSession } from '../client/session-file.ts';
import { print, toLines } from '../print.ts';
import type { Terminal } from '../terminal.ts';

/** login, logout, whoami. The password comes from the environment, so that no list of processes shows it. */
export function addAccess(program: Command, terminal: Terminal): void {
  program
    .command('login <email>')
    .description('log in with a password, from AGGREGATOR_PASSWORD')
    .option('--organization <id>', 'organisation of the session')
    .action(async (email: string, { organization }: { organization?: string }, command: Command) => {
      const password = terminal.environment.AGGREGATOR_PASSWORD;
      if (password === undefined) throw new CliError('Set AGGREGATOR_PASSWORD to the password.');
      const api = openApi(command, terminal);
      const organizationId = organization === undefined ? {} : { organizationId: organization };
      const answer = await api.call('POST', '/v1/auth/login', { email, password, ...organizationId });
      keepTokens(terminal, api.url, tokenAnswer.parse(answer));
      print(command, terminal, { url: api.url, email }, () => `Logged in to ${api.url} as ${email}.`);
    });
  program
    .command('logout')
    .description('end the session')
    .action(async (_options: object, command: Command) => {
      await openApi(command, terminal).send('POST', '/v1/auth/logout', {});
      dropSession(terminal);
      print(command, terminal, { loggedOut: true }, () => 'Logged out.');
    });
  program
    .command('whoami')
    .description('show the own account')
    .action(async (_options: object, command: Command) => {
      const profile = await openApi(command, terminal).call('GET', '/v1/users/profile');
      print(command, terminal, profile, () => toLines(profile));
    });
}
