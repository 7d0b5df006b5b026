import { requirePrograms } from './require-programs.mjs';

/** Chart tests render with Helm and ask a private API server; they fail, and say what is missing, if that is impossible. */
export default function setUp() {
  requirePrograms('The chart tests', ['helm', 'promtool', 'kube-apiserver', 'etcd', 'kubectl']);
}
