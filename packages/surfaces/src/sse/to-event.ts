/** A named event, as the vendors write theirs: the data contains the name, too. */
export function toEvent(type: string, fields: Readonly<Record<string, unknown>>): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
