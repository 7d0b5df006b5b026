const absoluteForm = /^https?:\/\/[^/?#]*/i;

/**
 * Returns a request target as path and query. Every server accepts the absolute form too (RFC 9112 §3.2.2). Scheme and
 * authority are dropped, because no route is chosen by host. Any other form stays as it is and matches no route.
 */
export function toOriginForm(target: string): string {
  if (target.startsWith('/')) return target;
  const prefix = absoluteForm.exec(target)?.[0];
  if (prefix === undefined) return target;
  const rest = target.slice(prefix.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
