import { parseSync } from '@swc/core';

const linesMax = 70;
const functions = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'MethodProperty',
  'Constructor',
]);

interface Node {
  type?: string;
  span?: { start: number; end: number };
  callee?: Node & { value?: string; object?: Node & { value?: string } };
  arguments?: { expression: Node & { body?: unknown } }[];
}

/**
 * Functions and methods of a file that have more than 70 lines, and groups of tests (`describe`) that have, each as
 * `path:line: lines`. A group is a list of functions and no function: it does not count in the function around it.
 */
export function findLong(path: string, text: string): { functions: string[]; groups: string[] } {
  // The parser counts bytes over all files of a process: the statement before the first line says where this file begins.
  const bytes = Buffer.from(`;${text}`);
  const program = parseSync(bytes.toString(), { syntax: 'typescript', tsx: path.endsWith('.tsx') });
  const base = program.body[0]?.span.start ?? 0;
  const found = { functions: [] as string[], groups: [] as string[] };
  const ends = lineEndsOf(bytes);
  const lineAt = (offset: number) => countBefore(ends, offset - base) + 1;

  /** Visits a node, and returns how many of its lines are in groups of tests. */
  const visit = (node: unknown): number => {
    if (typeof node !== 'object' || node === null) return 0;
    const { type, span } = node as Node;
    const grouped = sum((isGroup(node) ? partsOfGroup(node) : Object.values(node)).map(visit));
    if (type === undefined || span === undefined || !(functions.has(type) || isGroup(node))) return grouped;
    const first = lineAt(span.start);
    const lines = lineAt(span.end) - first + 1;
    if (isGroup(node)) {
      if (lines > linesMax) found.groups.push(`${path}:${first}: ${lines}`);
      return lines;
    }
    if (lines - grouped > linesMax) found.functions.push(`${path}:${first}: ${lines - grouped}`);
    return grouped;
  };
  visit(program.body);
  return found;
}

/** True if the node is `describe(name, function)` or `describe.each(rows)(name, function)`. */
function isGroup(node: Node): boolean {
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  const name = callee?.type === 'CallExpression' ? callee.callee?.object?.value : callee?.value;
  return name === 'describe';
}

const partsOfGroup = (node: Node): unknown[] =>
  (node.arguments ?? []).map(({ expression }) => expression.body ?? expression);

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Offsets of the ends of lines, in order. */
function lineEndsOf(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) ends.push(at);
  return ends;
}

/** How many of the sorted numbers are below `limit`. */
function countBefore(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
