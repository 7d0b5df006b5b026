import { requirePrograms } from './require-programs.mjs';

/** Control-plane tests start a private API server; they fail, and say what is missing, if that is impossible. */
export default function setUp() {
  requirePrograms('The control-plane tests', ['kube-apiserver', 'etcd', 'kubectl']);
}
