const longId = /^resp_[0-9A-Za-z_-]{32,128}$/;

/** True for an id of a response that cannot be guessed: ours, with 128 random bits in it, or that of a server with long ids. */
export function isUnguessableId(id: unknown): id is string {
  return typeof id === 'string' && longId.test(id);
}
