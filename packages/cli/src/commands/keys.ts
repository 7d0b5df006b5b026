import type { Command } from 'commander';
import { openApi } from '../client/call.ts';
import { print, toTable } from '../print.ts';
import type { Terminal } from '../terminal.ts';

const path = '/v1/auth/api-keys';

/** keys list, create, rotate, revoke. */
export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('API keys');
  keys
    .command('list')
    .description('list API keys, newest first')
    .option('--limit <count>', 'keys of the page', '50')
    .action(async ({ limit }: { limit: string }, command: Command) => {
      const page = await openApi(command, terminal).call('GET', `${path}?limit=${encodeURIComponent(limit)}`);
      const columns = ['id', 'name', 'prefix', 'last4', 'userName', 'teamName', 'expiresAt', 'revokedAt'];
      print(command, terminal, page, () => toTable(page, columns));
    });
  keys
    .command('create <name>')
    .description('create an API key; only this answer shows it')
    .option('--team <id>', 'team that it works for')
    .option('--models <names>', 'models that it may use, separated by commas')
    .option('--expires <time>', 'when it expires, RFC 3339')
    .action(async (name: string, options: { team?: string; models?: string; expires?: string }, command: Command) => {
      const created = (await openApi(command, terminal).call('POST', path, {
        name,
        ...(options.team !== undefined && { teamId: options.team }),
        ...(options.models !== undefined && { models: options.models.split(',') }),
        ...(options.expires !== undefined && { expiresAt: options.expires }),
      })) as { key: string };
      print(command, terminal, created, () => created.key);
    });
  keys
    .command('rotate <id>')
    .description('replace an API key by a new one')
    .option('--overlap <seconds>', 'how long the old one still works', '0')
    .action(async (id: string, { overlap }: { overlap: string }, command: Command) => {
      const target = `${path}/${encodeURIComponent(id)}/rotate?overlapSeconds=${encodeURIComponent(overlap)}`;
      const created = (await openApi(command, terminal).call('POST', target, {})) as { key: string };
      print(command, terminal, created, () => created.key);
    });
  keys
    .command('revoke <id>')
    .description('revoke an API key with all that it made')
    .option('--kill', 'end its open answers, too')
    .action(async (id: string, { kill }: { kill?: true }, command: Command) => {
      await openApi(command, terminal).call(
        'DELETE',
        `${path}/${encodeURIComponent(id)}${kill === true ? '?kill=true' : ''}`,
      );
      print(command, terminal, { id, revoked: true }, () => `Revoked ${id}.`);
    });
}
