import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const PROGRAMS = ['helm', 'promtool', 'kube-apiserver', 'etcd', 'kubectl'];

/** Chart tests render with Helm and ask a private API server; they fail, and say what is missing, where that cannot be. */
export default function setUp() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const missing = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return;
  throw new Error(`The chart tests need ${PROGRAMS.join(', ')} on PATH; ${missing.join(', ')} cannot be found.`);
}
