import { createHash } from 'node:crypto';

const mark = 'CkFA';
/** Documented for calls that another model made. */
const skip: ReadonlySet<string> = new Set(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']);

/** Returns the substitute of the encrypted thought that led to a part. */
export function sign(signed: unknown): string {
  return `${mark}${createHash('sha256').update(JSON.stringify(signed)).digest('base64')}`;
}

/** A call must be the very one that was signed; a text may have been joined by the client. */
export function isOwnSignature(signature: string, call?: { name: string; args?: unknown }): boolean {
  if (skip.has(signature)) return true;
  return call === undefined ? signature.startsWith(mark) : signature === sign(toSigned(call));
}

export function toSigned({ name, args = {} }: { name: string; args?: unknown }): object {
  return { name, args };
}
