import { isRecord } from '@aggregator/contracts';
import { ChoiceRestorer } from './choice-restorer.ts';
import type { Vault } from './vault.ts';

/** Returns a plain answer with the values in it; the very same one if nothing was masked or nothing is to be put back. */
export function restoreAnswer(body: Record<string, unknown>, vault: Vault): Record<string, unknown> {
  const { choices } = body;
  if (vault.isEmpty || !Array.isArray(choices)) return body;
  const restored = choices.map((choice: unknown) => {
    if (!isRecord(choice) || !isRecord(choice.message)) return choice;
    // A message is a delta that says everything at once.
    const message = new ChoiceRestorer(vault).push(choice.message, true);
    return message === choice.message ? choice : { ...choice, message };
  });
  return restored.some((choice, at) => choice !== choices[at]) ? { ...body, choices: restored } : body;
}
