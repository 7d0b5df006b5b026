/** A shorter text of a picture counts as text: it is not worth the search. */
const mediaCharactersMin = 1024;
/** After so many pictures that a body does not hold as they came, the others count as text, so that the search is bounded. */
const missesMax = 8;

/**
 * Returns the bytes of a translated body without the pictures in it, which have their own bound. A picture is left out
 * only if the body holds it, once for each place: what a provider's dialect drops or writes in another way counts as text.
 * @param media Base64 texts of the pictures, in the order of the conversation.
 */
export function countTextBytes(body: string, media: readonly string[]): number {
  let bytes = Buffer.byteLength(body);
  let from = 0;
  let misses = 0;
  for (const text of media) {
    if (text.length < mediaCharactersMin) continue;
    const at = body.indexOf(text, from);
    if (at !== -1) {
      bytes -= text.length;
      from = at + text.length;
    } else {
      misses += 1;
      if (misses === missesMax) break;
    }
  }
  return bytes;
}
