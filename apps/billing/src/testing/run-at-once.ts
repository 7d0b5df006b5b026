/** Below the connections of a test's database, so that no task waits for one: that wait ends by the clock. */
const atOnce = 8;

/** Runs tasks, up to eight at the same time, in their order. Returns what came of each. */
export async function runAtOnce<Result>(
  tasks: readonly (() => Promise<Result>)[],
): Promise<PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = [];
  const left = tasks.entries();
  const work = async () => {
    for (const [index, task] of left) [outcomes[index]] = await Promise.allSettled([task()]);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
