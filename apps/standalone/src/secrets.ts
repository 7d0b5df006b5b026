import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiKey } from '@aggregator/contracts';
import { z } from 'zod';

/** Made at the first start, kept in the state directory, readable by the owner alone. No default is the same twice. */
const secrets = z.strictObject({
  internalSigningKey: z.string(),
  keyPepper: z.string(),
  jwtPrivateKey: z.string(),
  credentialsEncryptionKey: z.string(),
  adminPassword: z.string(),
  /** Made here, and not by the seed, so that a crash between the two cannot lose it. */
  apiKey: z.string(),
});
export type Secrets = z.infer<typeof secrets>;

export const secretsFileName = 'secrets.json';

export async function readOrCreateSecrets(directory: string): Promise<Secrets> {
  const text = await readFile(join(directory, secretsFileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  const kept = text === null ? {} : secrets.partial().parse(JSON.parse(text));
  const all: Secrets = { ...createSecrets(), ...kept };
  // A state directory of before a secret came into being gets that one alone.
  const isWhole = Object.keys(kept).length === Object.keys(all).length;
  if (!isWhole) await writePrivateFile(join(directory, secretsFileName), `${JSON.stringify(all, null, 2)}\n`);
  return all;
}

function createSecrets(): Secrets {
  const random = () => randomBytes(32).toString('base64url');
  return {
    internalSigningKey: random(),
    keyPepper: random(),
    jwtPrivateKey: random(),
    credentialsEncryptionKey: random(),
    adminPassword: randomBytes(15).toString('base64url'),
    apiKey: createApiKey(randomBytes(32)),
  };
}

/** Whole or not at all, and for the owner's eyes only. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
