import { addSpan, type Detector, type Span } from './detector.ts';

const localLengthMax = 64;
const domainLengthMax = 255;
const at = /@|%40/g;
const localCharacter = /[\p{L}\p{N}\p{M}._%+~'-]/u;
const domainCharacter = /[\p{L}\p{N}\p{M}.-]/u;
const topLevel = /^\p{L}[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}]$/u;

/** E-mail addresses in any script, also with `%40` as in a URL; no quoted local parts, no domains without a dot. */
export const emailDetector: Detector = {
  kind: 'email',
  find(text) {
    const spans: Span[] = [];
    for (const { 0: sign, index } of text.matchAll(at)) {
      const start = findStart(text, index);
      const end = findEnd(text, index + sign.length);
      if (start < index && end > index + sign.length) addSpan(spans, { start, end, kind: 'email' });
    }
    return spans;
  },
};

function findStart(text: string, signAt: number): number {
  let start = signAt;
  while (signAt - start < localLengthMax && localCharacter.test(text.charAt(start - 1))) start -= 1;
  while (start < signAt && /[.'%-]/.test(text.charAt(start))) start += 1;
  return start;
}

/** Returns the end of the longest host name that begins here; its beginning if there is none. */
function findEnd(text: string, hostAt: number): number {
  let end = hostAt;
  while (end - hostAt < domainLengthMax && domainCharacter.test(text.charAt(end))) end += 1;
  let host = text.slice(hostAt, end);
  const gap = host.search(/\.\.|^[.-]|\.-|-\./);
  if (gap !== -1) host = host.slice(0, gap);
  host = host.replace(/[.-]+$/, '');
  while (host.includes('.') && !topLevel.test(host.slice(host.lastIndexOf('.') + 1))) {
    host = host.slice(0, host.lastIndexOf('.'));
  }
  return host.includes('.') ? hostAt + host.length : hostAt;
}
