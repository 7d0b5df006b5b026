import { isRecord } from '@aggregator/contracts';

/**
 * Returns the text of a chunk of OpenAI's own form that says this text and nothing else, in the first choice: no role, no finish
 * reason, no usage, no error. Null for every other chunk. Nearly all chunks of a stream are such, and nothing in them is changed.
 */
export function readPlainText({ choices, object, usage, x_groq: groq, error }: Readonly<Record<string, unknown>>) {
  if (object !== 'chat.completion.chunk' || (usage ?? null) !== null || groq !== undefined || error) return null;
  if (!Array.isArray(choices) || choices.length !== 1) return null;
  const choice: unknown = choices[0];
  if (!isRecord(choice) || choice.index !== 0 || (choice.finish_reason ?? null) !== null) return null;
  if (choice.error !== undefined || choice.usage !== undefined) return null;
  const { delta } = choice;
  if (!isRecord(delta)) return null;
  for (const name in delta) if (name !== 'content') return null;
  return typeof delta.content === 'string' ? delta.content : null;
}
