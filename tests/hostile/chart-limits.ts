import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@aggregator/contracts';
import { parse } from 'yaml';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';

const settings = z.object({ resources: z.object({ limits: z.object({ memory: z.string() }) }).optional() }).nullable();
const values = z.object({
  defaults: settings.optional(),
  services: z.record(z.string(), settings).optional(),
});

/** Memory of a pod, in MiB. */
export interface MemoryLimit {
  readonly limitMiB: number;
  /** Three quarters of the limit, which is what the chart gives to V8's heap. */
  readonly heapMiB: number;
}

/** Returns the memory that the chart gives to a service in staging, the smallest environment that has limits. */
export function readMemoryLimit(service: ServiceName): MemoryLimit {
  const chart = join(root, 'charts/aggregator');
  const [base, staging] = ['values.yaml', 'environments/staging.yaml'].map((file) =>
    values.parse(parse(readFileSync(join(chart, file), 'utf8'))),
  );
  const memory = [staging?.services?.[service], staging?.defaults, base?.services?.[service], base?.defaults]
    .map((entry) => entry?.resources?.limits.memory)
    .find((text) => text !== undefined);
  if (memory === undefined) throw new Error(`the chart has no memory limit for ${service}`);
  const limitMiB = Number.parseInt(memory, 10) * (memory.endsWith('Gi') ? 1024 : 1);
  return { limitMiB, heapMiB: Math.floor((limitMiB * 3) / 4) };
}
