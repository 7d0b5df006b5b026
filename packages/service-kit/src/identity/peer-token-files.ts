import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, type ServiceName } from '@aggregator/contracts';
import type { IdentitySigner } from './sign-identity.ts';

interface ReadToken {
  token: Promise<string>;
  readAtMs: number;
}

const rereadAfterMs = 30_000;

/**
 * Identifies this service by the tokens that Kubernetes keeps in a folder, one for each service that we call. They are
 * replaced long before they expire; one that cannot be read again is used as long as it is believed.
 */
export function createPeerTokenFiles(
  directory: string,
  now: () => number = () => performance.now(),
): Pick<IdentitySigner, 'signPeer'> {
  const read = new Map<ServiceName, ReadToken>();

  return {
    signPeer(target) {
      const known = read.get(target);
      if (known !== undefined && now() - known.readAtMs < rereadAfterMs) return known.token;
      const token = readToken(join(directory, target)).catch((cause: unknown) => {
        if (known !== undefined) return known.token;
        read.delete(target);
        throw new AppError('service_unavailable', { internal: `no token for ${target}`, cause });
      });
      read.set(target, { token, readAtMs: now() });
      return token;
    },
  };
}

async function readToken(path: string): Promise<string> {
  const token = (await readFile(path, 'utf8')).trim();
  if (token === '') throw new Error(`${path} is empty`);
  return token;
}
