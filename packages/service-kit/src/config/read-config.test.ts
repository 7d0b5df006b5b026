import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { integer } from './common-variables.ts';
import { ConfigError, readConfig, variable } from './read-config.ts';
import { withDatabaseUrls } from './store-variables.ts';

const shape = {
  port: variable('PORT', integer(1, 65_535).default(3000), 'Port to listen on.'),
  brokers: variable('BROKERS', z.string().optional(), 'Brokers.', { aliases: ['AGG_BROKERS'] }),
  secret: variable('SECRET', z.string().min(8, 'must have 8 characters'), 'A secret.', { isSecret: true }),
};

describe('readConfig', () => {
  it('reads what is set and fills in defaults', () => {
    expect(readConfig(shape, { SECRET: 'long enough' })).toEqual({
      port: 3000,
      brokers: undefined,
      secret: 'long enough',
    });
  });

  it('reads an older name where the newer one is unset, and prefers the newer', () => {
    expect(readConfig(shape, { SECRET: 'long enough', AGG_BROKERS: 'old' }).brokers).toBe('old');
    expect(readConfig(shape, { SECRET: 'long enough', AGG_BROKERS: 'old', BROKERS: 'new' }).brokers).toBe('new');
  });

  it('takes an empty text for unset', () => {
    expect(readConfig(shape, { SECRET: 'long enough', PORT: '' }).port).toBe(3000);
  });

  it('reports every fault at once, and no secret', () => {
    const read = () => readConfig(shape, { PORT: '70000', SECRET: 'short' });

    expect(read).toThrow(ConfigError);
    expect(read).toThrow(/2 fault/);
    expect(read).toThrow(/PORT/);
    expect(read).toThrow(/SECRET: must have 8 characters/);
    expect(read).not.toThrow(/short/);
  });
});

describe('withDatabaseUrls', () => {
  it("gives each service its own database on the server of DATABASE_URL, and leaves a service's own URL alone", () => {
    const filled = withDatabaseUrls({
      DATABASE_URL: 'postgresql://me:secret@db:5432/postgres',
      BILLING_DATABASE_URL: 'postgresql://elsewhere/ledger',
    });

    expect(filled.PROVIDER_ORCHESTRATOR_DATABASE_URL).toBe(
      'postgresql://me:secret@db:5432/aggregator_provider_orchestrator',
    );
    expect(filled.EVENTS_DATABASE_URL).toBe('postgresql://me:secret@db:5432/aggregator_events');
    expect(filled.BILLING_DATABASE_URL).toBe('postgresql://elsewhere/ledger');
  });
});
