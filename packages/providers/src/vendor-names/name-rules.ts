import { createHash } from 'node:crypto';

/** What a vendor takes as the name of a tool and as the id of a call. Absent: anything. */
export interface NameRules {
  readonly toolName?: NameRule;
  readonly callId?: NameRule;
}

export interface NameRule {
  readonly allowed: RegExp;
  /** Returns another name for one that is not allowed. The same name gives the same one, so that a prompt cache is hit. */
  rename(name: string, salt: string): string;
}

const hashCharacters = 10;
const alphanumeric = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Letters, digits, `_` and `-`, at most so many. A name that is too long, or would be as another, ends in a hash of all of it. */
export function wordsOf(charactersMax: number, { isLetterFirst = false } = {}): NameRule {
  const tail = '[A-Za-z0-9_-]';
  return {
    allowed: new RegExp(isLetterFirst ? `^[A-Za-z_]${tail}{0,${charactersMax - 1}}$` : `^${tail}{1,${charactersMax}}$`),
    rename(name, salt) {
      const words = name.replaceAll(/[^A-Za-z0-9_-]/g, '_');
      const begun = isLetterFirst && !/^[A-Za-z_]/.test(words) ? `_${words}` : words;
      if (salt === '' && begun.length <= charactersMax && begun !== '') return begun;
      return `${begun.slice(0, charactersMax - hashCharacters - 1)}_${hashOf(name + salt).slice(0, hashCharacters)}`;
    },
  };
}

/** Exactly so many letters and digits. */
export function alphanumericOf(characters: number): NameRule {
  return {
    allowed: new RegExp(`^[A-Za-z0-9]{${characters}}$`),
    rename(name, salt) {
      const bytes = createHash('sha256')
        .update(name + salt)
        .digest();
      return Array.from({ length: characters }, (_, at) => alphanumeric[(bytes[at] ?? 0) % alphanumeric.length]).join(
        '',
      );
    },
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
