/** Fields of a thought that are for servers. */
const ofServers: ReadonlySet<string> = new Set([
  ...['id', 'type', 'format', 'index', 'signature', 'data', 'encrypted_content', 'thought_signature'],
]);

/** Returns all that a thought says, one text in each line: the texts of any of its fields that are not for servers. */
export function listSaid(thought: unknown): string {
  const said: string[] = [];
  const waiting: unknown[] = [thought];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'string') said.push(value);
    else if (Array.isArray(value)) for (const item of value) waiting.push(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, field] of Object.entries(value)) {
        if (typeof field !== 'string' || !ofServers.has(name)) waiting.push(field);
      }
    }
  }
  return said.join('\n');
}
