import { readFieldName, skipBlank, skipSeparator, skipValue } from './scan-json.ts';

/** Where a value is in a JSON text. */
export interface JsonPlace {
  /** Of the nearest field that holds it; empty for the outermost value. */
  readonly name: string;
  /** The same of the object that holds that field; empty for a field of the outermost value. */
  readonly parent: string;
  /** Objects around it. */
  readonly depth: number;
  /** The first character of its text. */
  readonly first: string;
}

/** What is done with the values of a JSON text. */
export interface JsonMap {
  /** `parts`: each field or item is looked at. `whole`: the value goes to `map`. `skip`: it stays as it is. */
  choose(place: JsonPlace): 'parts' | 'whole' | 'skip';
  /** Takes the JSON text of a value that has no parts, or that is taken whole. Returns a JSON text. */
  map(text: string, place: JsonPlace): string;
  /** Takes the name of each field of an object whose parts are looked at. Absent if names stay. */
  mapName?(name: string): string;
}

/** Returns a JSON text with other values, and everything that stays to the letter. Costs one walk. */
export function mapJson(text: string, map: JsonMap): string {
  return new JsonMapper(text, map).run();
}

class JsonMapper {
  readonly #text: string;
  readonly #map: JsonMap;
  #mapped = '';
  #from = 0;

  constructor(text: string, map: JsonMap) {
    this.#text = text;
    this.#map = map;
  }

  run(): string {
    this.#walk(skipBlank(this.#text, 0), { name: '', parent: '', depth: 0 });
    return this.#from === 0 ? this.#text : this.#mapped + this.#text.slice(this.#from);
  }

  /** Returns the place behind the value. */
  #walk(at: number, { name, parent, depth }: Omit<JsonPlace, 'first'>): number {
    const text = this.#text;
    const first = text.charAt(at);
    const place: JsonPlace = { name, parent, depth, first };
    const choice = this.#map.choose(place);
    if (choice === 'skip') return skipValue(text, at);
    if (choice === 'parts' && first === '{') return this.#walkObject(at, name, depth + 1);
    if (choice === 'parts' && first === '[') return this.#walkArray(at, { name, parent, depth });
    const end = skipValue(text, at);
    const given = text.slice(at, end);
    this.#replace(at, given, this.#map.map(given, place));
    return end;
  }

  #walkObject(start: number, parent: string, depth: number): number {
    let at = start + 1;
    for (;;) {
      const field = readFieldName(this.#text, at);
      if (field === null) return skipSeparator(this.#text, at) + 1;
      const name = this.#map.mapName?.(field.name) ?? field.name;
      if (name !== field.name) this.#replace(field.start, this.#nameAt(field), JSON.stringify(name));
      at = this.#walk(field.valueStart, { name: field.name, parent, depth });
    }
  }

  #nameAt({ start }: { readonly start: number }): string {
    return this.#text.slice(start, skipValue(this.#text, start));
  }

  #walkArray(start: number, place: Omit<JsonPlace, 'first'>): number {
    let at = skipBlank(this.#text, start + 1);
    while (this.#text.charAt(at) !== ']' && at < this.#text.length) {
      at = skipSeparator(this.#text, this.#walk(at, place));
    }
    return at + 1;
  }

  #replace(at: number, given: string, taken: string): void {
    if (taken === given) return;
    this.#mapped += this.#text.slice(this.#from, at) + taken;
    this.#from = at + given.length;
  }
}
