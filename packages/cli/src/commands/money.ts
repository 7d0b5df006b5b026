import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { openApi } from '../client/call.ts';
import { CliError } from '../client/cli-error.ts';
import { print, toLines, toTable } from '../print.ts';
import type { Terminal } from '../terminal.ts';

/** balance, usage, explain, top-up. */
export function addMoney(program: Command, terminal: Terminal): void {
  program
    .command('balance')
    .description('show the balance')
    .action(async (_options: object, command: Command) => {
      const balance = await openApi(command, terminal).call('GET', '/v1/billing/balance');
      print(command, terminal, balance, () => toLines(balance));
    });
  program
    .command('usage')
    .description('show usage by hour, day, model, provider, key or user')
    .option('--by <group>', 'what a row is', 'model')
    .option('--from <time>', 'begin, RFC 3339')
    .option('--to <time>', 'end, RFC 3339')
    .action(async ({ by, from, to }: { by: string; from?: string; to?: string }, command: Command) => {
      const query = new URLSearchParams({ groupBy: by, ...(from && { from }), ...(to && { to }) });
      const usage = await openApi(command, terminal).call('GET', `/v1/analytics/dashboard?${query}`);
      const columns = ['group', 'requests', 'failedRequests', 'totalTokens', 'costNanoUsd'];
      print(command, terminal, usage, () => toTable(usage, columns));
    });
  program
    .command('explain <requestId>')
    .description('show how the charge of a request is computed, or why it was rejected')
    .action(async (requestId: string, _options: object, command: Command) => {
      const path = `/v1/billing/explain/${encodeURIComponent(requestId)}`;
      const explanation = await openApi(command, terminal).call('GET', path);
      print(command, terminal, explanation, () => toLines(explanation));
    });
  program
    .command('top-up <dollars>')
    .description('add money: through the payment provider, or for any organisation as an operator')
    .option('--organization <id>', 'organisation to credit by hand; for operators')
    .option('--note <text>', 'description of a credit by hand', 'top-up')
    .option('--idempotency-key <key>', 'the same key adds the money once')
    .action(async (dollars: string, options: TopUpOptions, command: Command) => {
      const { organization, note: description, idempotencyKey = randomUUID() } = options;
      const amount = { amountNanoUsd: toNanoUsd(dollars), idempotencyKey };
      const api = openApi(command, terminal);
      const answer =
        organization === undefined
          ? await api.call('POST', '/v1/billing/top-ups', amount)
          : await api.call('POST', '/v1/billing/transaction', {
              ...{ type: 'top_up', organizationId: organization, description, ...amount },
            });
      print(command, terminal, answer, () => toLines(answer));
    });
}

interface TopUpOptions {
  organization?: string;
  note: string;
  idempotencyKey?: string;
}

/** Exact: a number of JavaScript would round. */
export function toNanoUsd(dollars: string): string {
  const [, whole, part = ''] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(dollars) ?? [];
  if (whole === undefined) throw new CliError(`'${dollars}' is no amount in dollars, such as 12.50.`);
  return (BigInt(whole) * 1_000_000_000n + BigInt(part.padEnd(9, '0'))).toString();
}
