import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  path: string;
  text: string;
}

const skippedFolders = new Set(['node_modules', 'dist', 'var', '.git', '.nx', 'coverage', 'generated']);

/** Every file below a folder whose name ends in one of `extensions`, without what tools made. */
export function readSourceFiles(folder: string, extensions: readonly string[]): SourceFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : readSourceFiles(path, extensions);
    if (!extensions.some((extension) => entry.name.endsWith(extension))) return [];
    return [{ path: relative('.', path).split(sep).join('/'), text: readFileSync(join(root, path), 'utf8') }];
  });
}

/** TypeScript of the product and its tests. */
export function readTypeScript(): SourceFile[] {
  return ['packages', 'apps', 'operators', 'prisma', 'scripts', 'tests'].flatMap((folder) =>
    readSourceFiles(folder, ['.ts', '.tsx']),
  );
}

/** Whether a file is a test or lives only for tests. */
export function isTest(path: string): boolean {
  return (
    path.endsWith('.test.ts') ||
    /\/describe-[a-z-]+\.ts$/.test(path) ||
    /(^|\/)(tests|testing|conformance|__fixtures__)(\/|\.ts$)/.test(path)
  );
}

const specifier =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

/** Module specifiers that a file imports or re-exports. */
export function readImports(text: string): string[] {
  return [...text.matchAll(specifier)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
