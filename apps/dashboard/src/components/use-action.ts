import { useMutation, useQueryClient } from '@tanstack/react-query';

/** Work that a person starts. What it changes is read again before it counts as done. */
export function useAction<Input, Answer>(
  work: (input: Input) => Promise<Answer>,
  changes: readonly string[] = [],
  onDone?: (answer: Answer) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: work,
    onSuccess: async (answer) => {
      await Promise.all(changes.map((key) => queries.invalidateQueries({ queryKey: [key] })));
      onDone?.(answer);
    },
  });
}
