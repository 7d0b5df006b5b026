import type { Command } from 'commander';
import { openApi } from '../client/call.ts';
import { print, toTable } from '../print.ts';
import type { Terminal } from '../terminal.ts';

interface List {
  readonly group: string;
  readonly description: string;
  readonly path: string;
  readonly columns: readonly string[];
}

const lists: readonly List[] = [
  {
    ...{ group: 'providers', description: 'providers with their health', path: '/v1/orchestrator/providers' },
    columns: ['name', 'type', 'enabled', 'models', 'unpricedModels', 'health', 'source'],
  },
  {
    ...{ group: 'routes', description: 'routes with their candidates', path: '/v1/orchestrator/routes' },
    columns: ['name', 'strategy', 'candidates', 'source'],
  },
  {
    ...{ group: 'audit', description: 'privileged changes, newest first', path: '/v1/auth/audit' },
    columns: ['time', 'action', 'actorName', 'subjectType', 'subjectId', 'subjectName'],
  },
  {
    ...{ group: 'security', description: 'security events, newest first', path: '/v1/auth/security-events' },
    columns: ['lastAt', 'severity', 'type', 'subjectName', 'subjectId', 'count'],
  },
  {
    ...{ group: 'dead-letters', description: 'events that billing could not post', path: '/v1/billing/dead-letters' },
    columns: ['id', 'time', 'reason', 'eventId'],
  },
];

/** providers, routes, audit, security, dead-letters: a list each, and decisions on dead letters. */
export function addOperations(program: Command, terminal: Terminal): void {
  for (const { group, description, path, columns } of lists) {
    const parent = program.command(group).description(description);
    parent
      .command('list')
      .description(`list ${description}`)
      .option('--limit <count>', 'rows of the page', '50')
      .option('--cursor <cursor>', 'nextCursor of the page before')
      .action(async ({ limit, cursor }: { limit: string; cursor?: string }, command: Command) => {
        const query = new URLSearchParams({ limit, ...(cursor && { cursor }) });
        const page = await openApi(command, terminal).call('GET', `${path}?${query}`);
        print(command, terminal, page, () => toTable(page, columns));
      });
    if (group === 'dead-letters') addDecisions(parent, path, terminal);
    if (group === 'providers' || group === 'routes') addShow(parent, path, terminal);
  }
}

function addShow(parent: Command, path: string, terminal: Terminal): void {
  parent
    .command('show <name>')
    .description('show one as JSON')
    .action(async (name: string, _options: object, command: Command) => {
      const answer = await openApi(command, terminal).call('GET', `${path}/${encodeURIComponent(name)}`);
      print(command, terminal, answer, () => JSON.stringify(answer, null, 2));
    });
}

function addDecisions(parent: Command, path: string, terminal: Terminal): void {
  parent
    .command('replay <id>')
    .description('hand the event to billing once more')
    .action(async (id: string, _options: object, command: Command) => {
      const answer = await openApi(command, terminal).call('POST', `${path}/${encodeURIComponent(id)}/replay`, {});
      print(command, terminal, answer, () => JSON.stringify(answer));
    });
  parent
    .command('drop <id>')
    .description('take it off the list, unposted')
    .action(async (id: string, _options: object, command: Command) => {
      await openApi(command, terminal).call('DELETE', `${path}/${encodeURIComponent(id)}`);
      print(command, terminal, { id, dropped: true }, () => `Dropped ${id}.`);
    });
}
