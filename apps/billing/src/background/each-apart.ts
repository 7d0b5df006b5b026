/** Beyond it something common to all items fails, as the database. */
const failuresMax = 20;

/**
 * Runs `work` for each item, one after the other. A failed item is reported and does not stop the others. Callers take items in
 * a random order, so that items that always fail cannot fill each run. Returns how many items succeeded.
 * @throws the error of the 20th failed item.
 */
export async function eachApart<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
  onError: (item: Item, error: unknown) => void,
): Promise<number> {
  let failures = 0;
  let done = 0;
  for (const item of items) {
    try {
      await work(item);
      done += 1;
    } catch (error) {
      failures += 1;
      if (failures === failuresMax) throw error;
      onError(item, error);
    }
  }
  return done;
}
