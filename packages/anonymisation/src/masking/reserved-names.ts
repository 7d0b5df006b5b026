import { listPlaceholderNames } from '../labels.ts';
import { viewPlainly } from './plain-view.ts';

/** Thoughts of the model in an earlier turn: there the placeholders are ours, and number the same values again. */
const ours: ReadonlySet<string> = new Set(['encrypted_content', 'reasoning_details', 'signature', 'thinking']);

/** Names of placeholders that a request says anywhere, schemas and names of fields included. */
export function collectReservedNames(value: unknown): Set<string> {
  return readReservedNames(listReservingTexts(value));
}

/** Texts of a request that may say the name of a placeholder. Takes no look into them. */
export function listReservingTexts(value: unknown, texts: string[] = []): string[] {
  if (typeof value === 'string') addText(value, texts);
  if (typeof value !== 'object' || value === null) return texts;
  for (const [key, part] of Object.entries(value)) {
    if (ours.has(key)) continue;
    if (!Array.isArray(value)) addText(key, texts);
    listReservingTexts(part, texts);
  }
  return texts;
}

export function readReservedNames(texts: readonly string[]): Set<string> {
  const names = new Set<string>();
  for (const text of texts) addNames(text, names);
  return names;
}

function addText(text: string, texts: string[]): void {
  if (!text.startsWith('data:') && (text.includes('_') || text.includes('\\u'))) texts.push(text);
}

function addNames(text: string, names: Set<string>): void {
  for (const name of listPlaceholderNames(text)) names.add(name);
  if (!text.includes('\\u')) return;
  for (const name of listPlaceholderNames(viewPlainly(text).text)) names.add(name);
}
