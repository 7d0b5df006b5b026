import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readOrCreateSecrets } from './secrets.ts';

describe('the secrets of the state directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aggregator-secrets-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are made once, kept, and readable by the owner alone', async () => {
    const made = await readOrCreateSecrets(directory);

    expect(await readOrCreateSecrets(directory)).toEqual(made);
    expect((await stat(join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(new Set(Object.values(made)).size).toBe(Object.keys(made).length);
  });

  it('of an older directory are kept, and newer secrets are added', async () => {
    const { credentialsEncryptionKey: _later, ...older } = await readOrCreateSecrets(directory);
    await writeFile(join(directory, 'secrets.json'), JSON.stringify(older));
    const read = await readOrCreateSecrets(directory);

    expect(read).toMatchObject(older);
    expect(read.credentialsEncryptionKey).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(JSON.parse(await readFile(join(directory, 'secrets.json'), 'utf8'))).toEqual(read);
  });

  it('do not replace a file that cannot be read', async () => {
    await writeFile(join(directory, 'secrets.json'), '{"keyPepper": 7}');

    await expect(readOrCreateSecrets(directory)).rejects.toThrow();
    expect(await readFile(join(directory, 'secrets.json'), 'utf8')).toBe('{"keyPepper": 7}');
  });
});
