import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export type PageEncoding = 'br' | 'gzip';

/** A file of the dashboard, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** The same, compressed when the pages were built. */
  readonly encoded: Readonly<Partial<Record<PageEncoding, Buffer>>>;
}

/** Files by their path in the URL, such as `/assets/index-a1b2c3.js`. */
export type Pages = ReadonlyMap<string, PageFile>;

export const documentPath = '/index.html';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const bytesMax = 16 * 1024 * 1024;

/** Beside the program in an image; in a clone, where `npm run build` puts it. */
const folders = ['./dashboard', '../../../dashboard/dist'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Returns all files of the dashboard, which stay in memory; none if it was not built. */
export function readPages(folder = folders.find((path) => existsSync(join(path, documentPath)))): Pages {
  if (folder === undefined) return new Map();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const pages = new Map<string, PageFile>();
  let bytes = 0;
  for (const name of names) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const path = join(folder, name);
    const body = readFileSync(path);
    const encoded = { ...readEncoded(path, 'br', '.br'), ...readEncoded(path, 'gzip', '.gz') };
    bytes += body.length;
    if (bytes > bytesMax) throw new Error(`the pages in ${folder} have more than ${bytesMax} bytes`);
    pages.set(`/${relative('.', name).split(sep).join('/')}`, { type, body, encoded });
  }
  return pages;
}

function readEncoded(path: string, encoding: PageEncoding, ending: string) {
  const file = `${path}${ending}`;
  return existsSync(file) ? { [encoding]: readFileSync(file) } : {};
}
