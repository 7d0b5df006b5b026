import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root } from '../tidy/source-files.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

export interface SampleFile {
  name: string;
  /** What the API server answers, or a part of it; only of invalid ones. */
  expected: string | undefined;
  manifests: readonly Manifest[];
}

/** Parses as kubectl does: by YAML 1.1, in which `Off` is false. */
export function readSamples(folder: string): SampleFile[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = readFileSync(join(root, folder, name), 'utf8');
      const documents = parseAllDocuments(text, { version: '1.1' });
      if (!Array.isArray(documents)) throw new Error(`${folder}/${name} is empty`);
      const manifests = documents.map((document): Manifest => document.toJS());
      return { name, expected: /^# expected: (.*)\n/.exec(text)?.[1], manifests };
    });
}
