const secretLike: readonly RegExp[] = [
  /\bbearer\s+\S+/gi,
  /\b(?:sk|pk|rk|ak|agk|key|org|proj|sess)[-_][\w*.-]{6,}/gi,
  /\S*\*{3,}\S*/g,
  /(?=[\w+/=-]*\d)[\w+/=-]{32,}/g,
];
const address = /\bhttps?:\/\/\S+/gi;

/**
 * A foreign text without what looks like a key, an account's id or an address, cut to `charactersMax`. For messages of
 * providers, which like to quote the key or the account that they refuse.
 */
export function redact(text: string, charactersMax: number): string {
  // Cut roughly first, so that the search is bounded, and with room, so that no half of a key survives at the edge.
  let clean = text
    .slice(0, charactersMax * 4)
    .replace(/\s+/g, ' ')
    .replace(address, '[address]');
  for (const pattern of secretLike) clean = clean.replace(pattern, '[redacted]');
  return clean.slice(0, charactersMax).trim();
}
