import { type Field, walkFields } from './scan-json.ts';

/** New JSON texts by the names of fields; null removes the field. */
export type JsonEdits = ReadonlyMap<string, string | null>;

/**
 * Returns the JSON text of an object with other values in some of its fields, and everything else to the letter: the order
 * of the fields, how numbers are written, white space. A field that is not there is added at the end. Costs a walk up to the
 * last field that is changed, or through the whole text if a field is removed or added.
 * @param text A valid JSON object that has no field twice.
 */
export function editJson(text: string, edits: JsonEdits): string {
  const pending = new Set(edits.keys());
  const fields: Field[] = [];
  const hasRemovals = [...edits.values()].includes(null);
  for (const field of walkFields(text)) {
    fields.push(field);
    pending.delete(field.name);
    if (pending.size === 0 && !hasRemovals) break;
  }
  let edited = '';
  let from = 0;
  // Behind a removed field its comma goes, too; behind the last ones, the comma before them.
  let hasKept = false;
  for (const [at, { name, start, valueStart, valueEnd }] of fields.entries()) {
    const value = edits.get(name);
    if (value === undefined) hasKept = true;
    else if (value !== null) {
      edited += text.slice(from, valueStart) + value;
      from = valueEnd;
      hasKept = true;
    } else {
      const next = fields[at + 1];
      const before = fields[at - 1];
      if (hasKept && before !== undefined) edited += text.slice(from, Math.max(from, before.valueEnd));
      else edited += text.slice(from, Math.max(from, start));
      from = hasKept || next === undefined ? valueEnd : next.start;
    }
  }
  const added = [...pending].flatMap((name) => {
    const value = edits.get(name) ?? null;
    return value === null ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  if (added.length === 0) return edited + text.slice(from);
  const end = text.lastIndexOf('}');
  return `${edited}${text.slice(from, end)}${hasKept ? ',' : ''}${added.join(',')}${text.slice(end)}`;
}

/** Returns the JSON text of the value of a field; null if the object has no such field. */
export function readJsonField(text: string, name: string): string | null {
  for (const field of walkFields(text)) if (field.name === name) return text.slice(field.valueStart, field.valueEnd);
  return null;
}
