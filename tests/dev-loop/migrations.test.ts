import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const run = promisify(execFile);

describe('the migrations of a service', () => {
  it.each(['analytics', 'auth', 'billing', 'provider-orchestrator'])(
    'make the tables that schema.prisma of %s describes, so that a new migration has one concern',
    async (service) => {
      const { stdout } = await run('node', ['scripts/write-migration.mjs', service, '--check'], { timeout: 120_000 });
      expect(stdout).toContain('the migrations already make');
    },
    120_000,
  );
});
