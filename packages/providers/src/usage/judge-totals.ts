/** Tokens of an answer by one convention: cached tokens are inside `prompt`, reasoning is inside `completion`. */
export interface TokenTotals {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * Returns the first reading whose sum is the provider's total. Without a total the first reading counts. If no reading
 * gives the total, the smallest one counts, cut to the total, and `isConsistent` is false.
 * @param readings The known conventions of the dialect, the usual one first.
 * @param total Null if the provider reports none.
 */
export function judgeTotals(
  readings: readonly [TokenTotals, ...TokenTotals[]],
  total: number | null,
): TokenTotals & { readonly isConsistent: boolean } {
  const [usual] = readings;
  if (total === null) return { ...usual, isConsistent: true };
  const explained = readings.find((reading) => sumOf(reading) === total);
  if (explained !== undefined) return { ...explained, isConsistent: true };
  const smallest = readings.reduce((least, reading) => (sumOf(reading) < sumOf(least) ? reading : least));
  const prompt = Math.min(smallest.prompt, total);
  return { prompt, completion: Math.min(smallest.completion, total - prompt), isConsistent: false };
}

function sumOf({ prompt, completion }: TokenTotals): number {
  return prompt + completion;
}
