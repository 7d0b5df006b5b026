/**
 * Returns a function that shares one look among all callers within `ageMs`. A failed look is not kept.
 * @param now Milliseconds; only differences count.
 */
export function shareLook<Found>(look: () => Promise<Found>, ageMs: number, now: () => number): () => Promise<Found> {
  let lookedMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<Found> | undefined;

  const begin = async () => {
    try {
      return await look();
    } catch (error) {
      lookedMs = Number.NEGATIVE_INFINITY;
      throw error;
    }
  };
  return () => {
    if (looking === undefined || now() - lookedMs >= ageMs) {
      lookedMs = now();
      looking = begin();
    }
    return looking;
  };
}
