import { addSpan, type Detector, type Span } from './detector.ts';

const ipv4 = /(?<![\p{L}\p{N}.])\d{1,3}(?:\.\d{1,3}){3}(?![\p{L}\p{N}]|\.\d)/gu;
const ipv6 =
  /(?<![\p{L}\p{N}:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:(?<=:[0-9]{1,3})(?:\.\d{1,3}){3})?(?![\p{L}\p{N}]|:[0-9A-Fa-f:])/gu;
/** No address of the kind is without it; times of the day have it, and little else. */
const twoColons = /:[0-9A-Fa-f]{0,4}:/;
/** Addresses that every host has: they identify no person. */
const nobodys = /^(?:127\..*|0\.0\.0\.0|255\.255\.255\.255|::1?)$/;

/** Addresses of hosts, IPv4 and IPv6; not the loopback, nor an address that means none or all. */
export const ipAddressDetector: Detector = {
  kind: 'ip',
  find(text) {
    const spans: Span[] = [];
    const take = (start: number, address: string) => {
      if (!nobodys.test(address)) addSpan(spans, { start, end: start + address.length, kind: 'ip' });
    };
    for (const { 0: address, index } of text.matchAll(ipv4)) {
      if (isIpv4(address)) take(index, address);
    }
    if (!twoColons.test(text)) return spans;
    for (const { 0: match, index } of text.matchAll(ipv6)) {
      const address = match.endsWith('::') ? match : match.replace(/:$/, '');
      if (isIpv6(address)) take(index, address);
    }
    return spans;
  },
};

function isIpv4(address: string): boolean {
  return address.split('.').every((part) => Number(part) <= 255);
}

/** Without a digit it is rather a name with `::` in it, as programs have. */
function isIpv6(address: string): boolean {
  if (!/\d/.test(address)) return false;
  const [head = '', tail, more] = address.split('::');
  if (more !== undefined) return false;
  const headLength = countGroups(head);
  const tailLength = countGroups(tail ?? '');
  if (headLength === null || tailLength === null) return false;
  return tail === undefined ? headLength === 8 : headLength + tailLength < 8;
}

/** Groups of 16 bits; null if one is invalid. */
function countGroups(part: string): number | null {
  if (part === '') return 0;
  const groups = part.split(':');
  const last = groups.at(-1) ?? '';
  if (last.includes('.')) groups.pop();
  if (last.includes('.') && !isIpv4(last)) return null;
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return null;
  return groups.length + (last.includes('.') ? 2 : 0);
}
