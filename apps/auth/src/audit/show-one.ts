/** Returns the one resource of a list that was read for one row. */
export async function showOne<Shown>(shown: Promise<readonly Shown[]>): Promise<Shown> {
  const [one] = await shown;
  if (one === undefined) throw new Error('nothing to show');
  return one;
}
