import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { providerStatus } from '@aggregator/contracts';
import { z } from 'zod';

/** Status of a resource as the API server told it, and when. */
export interface SeenStatus {
  /** `performance.now()` */
  atMs: number;
  generation: number;
  status: z.infer<typeof providerStatus>;
}

export interface ProviderWatch {
  /** The newest status of a provider; undefined before the first. */
  latest(name: string): SeenStatus | undefined;
  close(): void;
}

const line = z.object({
  object: z.object({
    metadata: z.object({ name: z.string(), generation: z.number() }),
    status: providerStatus.optional(),
  }),
});

/** Follows every Provider of a namespace through `kubectl get --watch`. */
export function watchProviders(namespace: string): ProviderWatch {
  const seen = new Map<string, SeenStatus>();
  const child = spawn(
    'kubectl',
    ['get', 'providers', '--namespace', namespace, '--watch', '--output-watch-events', '-o', 'json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // kubectl indents its objects: one ends with a brace at the begin of a line.
  let text = '';
  createInterface({ input: child.stdout }).on('line', (piece) => {
    text += `${piece}\n`;
    if (piece !== '}') return;
    const { object } = line.parse(JSON.parse(text));
    text = '';
    const { name, generation } = object.metadata;
    seen.set(name, { atMs: performance.now(), generation, status: object.status ?? {} });
  });
  return {
    latest: (name) => seen.get(name),
    close: () => child.kill('SIGKILL'),
  };
}

/** Whether every proxy that is wanted serves the resource's present generation. */
export function isProgrammed(seen: SeenStatus | undefined, generation: number): boolean {
  const programmed = seen?.status.programmed;
  const found = seen?.status.conditions?.find(({ type }) => type === 'Programmed');
  return (
    found?.status === 'True' &&
    (found.observedGeneration ?? 0) >= generation &&
    programmed !== undefined &&
    programmed.applied === programmed.desired
  );
}
