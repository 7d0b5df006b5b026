import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import { findManagementRoute, toCanonicalPath } from '../routes/route-table.ts';
import { documentPath, type PageEncoding, type PageFile, type Pages } from './read-pages.ts';

/** No inline script or style, and no request to another origin. Pictures of the playground are `data:` and `blob:`. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const documentHeaders = {
  'content-security-policy': contentPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'cache-control': 'no-cache',
};
/** Names of assets hold a hash of their content. */
const assetHeaders = {
  'cache-control': 'public, max-age=31536000, immutable',
  'cross-origin-resource-policy': 'same-origin',
};

/**
 * The dashboard: its files by their paths, and its document for every other path that a browser navigates to and that is no
 * path of the API. A program that asks for an unknown path gets 404 as before.
 */
export function servePages(pages: Pages): RequestHandler {
  const document = pages.get(documentPath);
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next();
    const [path = '/'] = (request.url ?? '/').split('?');
    const file = path === documentPath ? undefined : pages.get(path);
    if (file !== undefined)
      return send(request, response, file, path.startsWith('/assets/') ? assetHeaders : documentHeaders);
    if (document === undefined || !isNavigation(request, path)) return next();
    send(request, response, document, documentHeaders);
  };
}

/** Pages that the docs name. Every client gets them, also one that does not ask for HTML. */
const namedPages: ReadonlySet<string> = new Set(['/', '/docs']);

function isNavigation(request: IncomingMessage, path: string): boolean {
  if (namedPages.has(path)) return true;
  if (!(request.headers.accept ?? '').includes('text/html') || /^\/(?:v1|api|internal|assets)(?:\/|$)/.test(path))
    return false;
  const canonical = toCanonicalPath(path);
  return canonical !== null && findManagementRoute(canonical) === undefined;
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  file: PageFile,
  headers: Readonly<Record<string, string>>,
): void {
  const encoding = chooseEncoding(request, file);
  const body = (encoding === undefined ? undefined : file.encoded[encoding]) ?? file.body;
  response.writeHead(200, {
    ...headers,
    'content-type': file.type,
    'content-length': body.length,
    vary: 'accept-encoding',
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function chooseEncoding(request: IncomingMessage, file: PageFile): PageEncoding | undefined {
  const accepted = String(request.headers['accept-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim().split(';'))
    .filter(([, quality = '']) => !/^\s*q=0(\.0*)?\s*$/.test(quality))
    .map(([name]) => name);
  return (['br', 'gzip'] as const).find((name) => accepted.includes(name) && file.encoded[name] !== undefined);
}
