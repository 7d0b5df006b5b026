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
  adminPassword: z.string(),
  /** Made here, and not by the seed, so that a crash between the two cannot lose it. */
  apiKey: z.string(),
});
export type Secrets = z.infer<typeof secrets>;

const fileName = 'secrets.json';

export async function readOrCreateSecrets(directory: string): Promise<Secrets> {
  const text = await readFile(join(directory, fileName), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) return secrets.parse(JSON.parse(text));
  const random = () => randomBytes(32).toString('base64url');
  const created: Secrets = {
    internalSigningKey: random(),
    keyPepper: random(),
    jwtPrivateKey: random(),
    adminPassword: randomBytes(15).toString('base64url'),
    apiKey: createApiKey(randomBytes(32)),
  };
  await writePrivateFile(join(directory, fileName), `${JSON.stringify(created, null, 2)}\n`);
  return created;
}

/** Whole or not at all, and for the owner's eyes only. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
}
