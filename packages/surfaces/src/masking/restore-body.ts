import type { RestoreMode, Vault } from '@aggregator/anonymisation';
import { mapJson } from '@aggregator/providers';

/** Signed or encrypted: they come back to the provider as they are. */
const signed: ReadonlySet<string> = new Set(['encrypted_content', 'reasoning_details', 'signature', 'thinking']);
/** Texts that are JSON themselves. */
const inJson: ReadonlySet<string> = new Set(['arguments', 'partial_json']);
/** The text of the answer, in the form that the request asked for. */
const answers: ReadonlySet<string> = new Set(['content', 'text']);

/**
 * Returns the JSON text of an answer, or of an event, with the values in its texts; everything else stays to the letter.
 * @param apart A field of the outermost object that is restored elsewhere.
 */
export function restoreBody(json: string, vault: Vault, apart: string | null = null): string {
  if (vault.restore(json, 'json') === json) return json;
  return mapJson(json, {
    choose({ name, depth, first }) {
      if (signed.has(name) || (depth === 1 && name === apart)) return 'skip';
      return first === '{' && (name === 'input' || inJson.has(name)) ? 'whole' : 'parts';
    },
    map(text, { name }) {
      if (text.startsWith('{')) return vault.restore(text, 'json');
      if (!text.startsWith('"')) return text;
      const value = String(JSON.parse(text));
      const restored = vault.restore(value, modeOf(name, vault));
      return restored === value ? text : JSON.stringify(restored);
    },
  });
}

function modeOf(name: string, { contentMode }: Vault): RestoreMode {
  if (inJson.has(name)) return 'json';
  return answers.has(name) ? contentMode : 'text';
}
