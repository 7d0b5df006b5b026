/**
 * What a server replies when it cannot take writes for this address: a demoted primary, a replica, a server that is
 * loading or a node of a cluster. Source: https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
const wrongServer = /\b(READONLY|MOVED|ASK|CLUSTERDOWN|MASTERDOWN|LOADING|UNBLOCKED|NOREPLICAS)\b/;

/** True if the error says that the connection leads to the wrong server, also when a script reports it. */
export function isWrongServer(error: unknown): boolean {
  return error instanceof Error && wrongServer.test(error.message);
}
