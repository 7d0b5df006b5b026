import { listPlaceholderNames } from '../labels.ts';
import { viewPlainly } from './plain-view.ts';

/** Thoughts of the model in an earlier turn: there the placeholders are ours, and number the same values again. */
const ours: ReadonlySet<string> = new Set(['encrypted_content', 'reasoning_details', 'signature', 'thinking']);

/** Names of placeholders that a request says anywhere, schemas and names of fields included. */
export function collectReservedNames(value: unknown, names = new Set<string>()): Set<string> {
  if (typeof value === 'string') addText(value, names);
  if (typeof value !== 'object' || value === null) return names;
  for (const [key, part] of Object.entries(value)) {
    if (ours.has(key)) continue;
    if (!Array.isArray(value)) addText(key, names);
    collectReservedNames(part, names);
  }
  return names;
}

function addText(text: string, names: Set<string>): void {
  if (!text.startsWith('data:') && (text.includes('_') || text.includes('\\u'))) addNames(text, names);
}

function addNames(text: string, names: Set<string>): void {
  for (const name of listPlaceholderNames(text)) names.add(name);
  if (!text.includes('\\u')) return;
  for (const name of listPlaceholderNames(viewPlainly(text).text)) names.add(name);
}
