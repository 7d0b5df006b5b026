import { defaultPorts } from '@aggregator/service-kit';
import type { Redis } from 'ioredis';
import pg from 'pg';

/** Deletes all that an installation has in Redis, as FLUSHALL would if Redis were its own. */
export async function loseStore(redis: Redis, keyPrefix: string): Promise<void> {
  // At once, as a server does that lost its memory.
  const script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
  await redis.eval(script, 0, `${keyPrefix}*`);
}

/** Returns the sum of billing's figures whose names and labels begin with `name`. */
export async function readFigure(baseUrl: string, name: string): Promise<number> {
  const url = new URL('/metrics', baseUrl);
  url.port = String(Number(url.port) + defaultPorts.billing - defaultPorts['api-gateway']);
  const text = await (await fetch(url)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Counts the ends of rounds of the reconciliation, by the age of the last one. `next` resolves with the count so far, 1 at first. */
export function createRoundCounter(baseUrl: string): { next(): Promise<number> } {
  let rounds = 0;
  let lastAgeSeconds = Number.POSITIVE_INFINITY;
  return {
    async next() {
      const age = await readFigure(baseUrl, 'billing_reconciliation_age_seconds');
      if (age < lastAgeSeconds) rounds += 1;
      lastAgeSeconds = age;
      return rounds;
    },
  };
}

/** True if counter store and ledger agree and no leased or held money waits. */
export async function isReconciled(baseUrl: string): Promise<boolean> {
  const names = ['billing_unreconciled_nano_usd', 'billing_stranded_nano_usd', 'billing_stranded_holds_nano_usd'];
  const figures = await Promise.all(names.map((name) => readFigure(baseUrl, name)));
  return figures.every((figure) => figure === 0);
}

/** Runs one statement. Returns its rows; the statement makes text of each column. */
export async function queryDatabase(
  url: string,
  sql: string,
  values: string[] = [],
): Promise<Record<string, string>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, string>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
