import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});
export type Manifest = z.output<typeof manifestSchema>;

export interface RenderOptions {
  environment?: 'dev' | 'staging' | 'production';
  values?: object;
  release?: string;
  namespace?: string;
  apiVersions?: readonly string[];
}

export interface Rendered {
  text: string;
  manifests: readonly Manifest[];
}

export const chartFolder = join(root, 'charts/aggregator');
/** What a cluster has that runs Prometheus' operator. */
export const monitoringApi = 'monitoring.coreos.com/v1';

const deadlineMs = 20_000;

/** Runs a program to its end and answers what it wrote; what it wrote to stderr where it failed. */
export function runProgram(program: string, words: readonly string[], input = ''): { text: string; refusal: string } {
  const run = spawnSync(program, words, { input, encoding: 'utf8', timeout: deadlineMs, maxBuffer: 16 * 1024 * 1024 });
  if (run.error !== undefined) throw run.error;
  return { text: run.stdout, refusal: run.status === 0 ? '' : run.stderr || run.stdout };
}

/** Throws with what Helm says where it refuses. */
export function renderChart(options: RenderOptions = {}): Rendered {
  const { text, refusal } = runHelm(options);
  if (refusal !== '') throw new Error(refusal);
  return { text, manifests: readManifests(text) };
}

/** What Helm says to values that it refuses; empty where it takes them. */
export const readRefusal = (values: object): string => runHelm({ values }).refusal;

function runHelm({ environment, values = {}, release, namespace, apiVersions = [] }: RenderOptions) {
  return runProgram(
    'helm',
    [
      ...['template', release ?? 'aggregator', chartFolder, '--namespace', namespace ?? 'aggregator'],
      ...['--kube-version', '1.34.0', ...apiVersions.flatMap((version) => ['--api-versions', version])],
      ...(environment === undefined ? [] : ['--values', join(chartFolder, 'environments', `${environment}.yaml`)]),
      ...['--values', '-'],
    ],
    JSON.stringify(values),
  );
}

/** By YAML 1.1, as Helm and kubectl read it. */
export function readManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text, { version: '1.1' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    const content: unknown = document.toJS();
    return content === null ? [] : [manifestSchema.parse(content)];
  });
}

/** The one object of that kind and name; throws where there is none. */
export function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return only;
}

export const ofKind = (manifests: readonly Manifest[], kind: string) =>
  manifests.filter((manifest) => manifest.kind === kind);
