/**
 * Says what is wrong with an input that may be a text, a list of texts, a list of token ids or a list of such lists:
 * which bound it breaks, and what is accepted.
 */
export function describeTextInput(input: unknown): string {
  const accepted = 'a text, 1 to 2048 texts, 1 to 1000000 token ids, or 1 to 2048 lists of token ids';
  if (Array.isArray(input) && input.length === 0) return 'must have at least 1 text or token id';
  const itemsMax = Array.isArray(input) && typeof input[0] === 'number' ? 1_000_000 : 2048;
  if (Array.isArray(input) && input.length > itemsMax)
    return `has ${input.length} items, and at most ${itemsMax} are accepted`;
  return `must be ${accepted}`;
}
