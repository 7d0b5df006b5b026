/** Prints what is being done: one line a step, and the time if a step is long. */
export interface Progress {
  step(text: string): void;
  done(): void;
}

const reminderMs = 3000;

export function createProgress(stream: { write(text: string): unknown }): Progress {
  let startedMs = 0;
  let reminder: NodeJS.Timeout | null = null;
  const finish = () => {
    if (reminder !== null) clearInterval(reminder);
    reminder = null;
  };
  return {
    step(text) {
      finish();
      startedMs = performance.now();
      stream.write(`· ${text}\n`);
      reminder = setInterval(() => {
        stream.write(`  … still at it (${Math.round((performance.now() - startedMs) / 1000)} s)\n`);
      }, reminderMs);
      reminder.unref();
    },
    done: finish,
  };
}

export const silentProgress: Progress = { step: () => undefined, done: () => undefined };
