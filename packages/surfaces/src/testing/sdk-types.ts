import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The declarations of an installed SDK, read as text: what the vendor documents, as of that version. */
export class SdkTypes {
  readonly #text: string;

  constructor(moduleName: string) {
    this.#text = readFileSync(fileURLToPath(import.meta.resolve(moduleName)).replace(/\.m?js$/, '.d.ts'), 'utf8');
  }

  /** Names of an interface's own fields. */
  fieldsOf(name: string): string[] {
    return [...this.#bodyOf(name).matchAll(/^ {4}(\w+)\??:/gm)].map((match) => match[1] ?? '');
  }

  /** The values of `type` that the members of a union have. */
  kindsOf(union: string): string[] {
    const members = new RegExp(`^export type ${union} = (.*);$`, 'm').exec(this.#text)?.[1]?.split(' | ') ?? [];
    return members.flatMap((member) => this.#kindsOfMember(member.trim()));
  }

  #kindsOfMember(member: string): string[] {
    const declared = /^ *type\??: (.*);$/m.exec(this.#bodyOf(member))?.[1] ?? '';
    return [...declared.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
  }

  /** `Name`, or `Space.Name` inside the namespace `Space`. */
  #bodyOf(name: string): string {
    const [last = '', space] = name.split('.').reverse();
    const text =
      space === undefined ? this.#text : this.#text.slice(this.#text.indexOf(`declare namespace ${space} {`));
    const indent = space === undefined ? '' : '    ';
    const start = new RegExp(`^${indent}(export )?interface ${last} .*\\{$`, 'm').exec(text);
    if (start === null) throw new Error(`the SDK declares no ${name}`);
    const rest = text.slice(start.index);
    return rest.slice(0, rest.indexOf(`\n${indent}}`));
  }
}
