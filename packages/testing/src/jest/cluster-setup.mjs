import { spawnSync } from 'node:child_process';

/** Cluster tests install into the cluster of the present kubeconfig; they fail, and say what is missing, if that is impossible. */
export default function setUp() {
  for (const words of [
    ['kubectl', 'version', '--request-timeout=10s'],
    ['helm', 'version', '--short'],
  ]) {
    const [program, ...rest] = words;
    const { status, error, stderr } = spawnSync(program, rest, { encoding: 'utf8', timeout: 30_000 });
    if (status === 0) continue;
    throw new Error(
      `The cluster tests need kubectl, Helm and a cluster: ${words.join(' ')}: ${error?.message ?? stderr}`,
    );
  }
}
