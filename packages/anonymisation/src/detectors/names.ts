import { addSpan, type Detector, isWordAt, type Span } from './detector.ts';

interface Node {
  readonly next: Map<string, Node>;
  isEnd: boolean;
}

/**
 * The policy's names, as whole words in any case; `ё` is `е`, and any white space is a space. All of them are looked for at
 * once, so their number costs nothing.
 */
export function createNameDetector(names: readonly string[]): Detector {
  const root: Node = { next: new Map(), isEnd: false };
  for (const name of names) addName(root, name);
  const initials = findInitials(root);
  return {
    kind: 'name',
    find(text) {
      const spans: Span[] = [];
      for (const { index: start } of text.matchAll(initials)) {
        if (isWordAt(text, start) && isWordAt(text, start - 1)) continue;
        const end = findEnd(root, text, start);
        if (end !== null) addSpan(spans, { start, end, kind: 'name' });
      }
      return spans;
    },
  };
}

/** Returns the beginnings of names: a search for them rules out nearly every place of a text. */
function findInitials(root: Node): RegExp {
  const forms = Array.from(root.next.keys(), (one) => `${one}${one.toUpperCase()}${one === 'е' ? 'ёЁ' : ''}`).join('');
  const codes = Array.from(forms, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return new RegExp(`[${codes.join('')}]`, 'g');
}

function addName(root: Node, name: string): void {
  let node = root;
  for (let at = 0; at < name.length; at += 1) {
    const character = fold(name.charAt(at));
    const next: Node = node.next.get(character) ?? { next: new Map(), isEnd: false };
    node.next.set(character, next);
    node = next;
  }
  node.isEnd = true;
}

/** Behind the longest name that begins here. */
function findEnd(root: Node, text: string, start: number): number | null {
  let node: Node | undefined = root;
  let found: number | null = null;
  for (let at = start; node !== undefined; at += 1) {
    if (node.isEnd && !(isWordAt(text, at - 1) && isWordAt(text, at))) found = at;
    if (at >= text.length) break;
    node = node.next.get(fold(text.charAt(at)));
  }
  return found;
}

/** One character for one: places in the text stay what they are. */
function fold(character: string): string {
  if (/\s/.test(character)) return ' ';
  const lower = character.toLowerCase();
  if (lower === 'ё') return 'е';
  return lower.length === 1 ? lower : character;
}
