import { BlockList, isIP } from 'node:net';
import { AppError, type ChatCompletionRequest } from '@aggregator/contracts';

/** What is in a conversation besides text. */
export interface ContentSummary {
  readonly images: number;
  /** Length of all data URLs of images, which are part of the body but are not read as text. */
  readonly dataUrlLength: number;
  /** There are parts (audio, files, …) whose tokens cannot be told from their size. */
  readonly hasOpaqueParts: boolean;
}

const urlLengthMax = 8192;
const dataUrlLengthMax = 16 * 1024 * 1024;
const textParts: ReadonlySet<string> = new Set(['text', 'refusal', 'input_text', 'output_text', 'thinking']);
const localNames = /(^|\.)(localhost|local|internal|localdomain|home\.arpa|svc)$/;

/**
 * Looks through the messages once. We fetch no image ourselves, but a provider that would reach into somebody's network
 * for us shall not: throws `invalid_image_url` for anything but a data URL or an https URL of a public host.
 */
export function inspectContent({ messages }: ChatCompletionRequest): ContentSummary {
  let images = 0;
  let dataUrlLength = 0;
  let hasOpaqueParts = false;
  for (const [at, { content }] of messages.entries()) {
    if (!Array.isArray(content)) continue;
    for (const [partAt, part] of content.entries()) {
      if (part.type === 'image_url') {
        images += 1;
        dataUrlLength += checkImage(part.image_url, `messages[${at}].content[${partAt}].image_url`);
      } else if (!textParts.has(part.type)) hasOpaqueParts = true;
    }
  }
  return { images, dataUrlLength, hasOpaqueParts };
}

/** Answers the length of a data URL, 0 for any other. */
function checkImage(image: unknown, param: string): number {
  const url = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  if (typeof url !== 'string') throw new AppError('invalid_image_url', { param });
  if (/^data:/i.test(url)) {
    if (url.length > dataUrlLengthMax) throw new AppError('invalid_image_url', { param });
    return url.length;
  }
  if (url.length > urlLengthMax || !isPublicHttps(url)) throw new AppError('invalid_image_url', { param });
  return 0;
}

function isPublicHttps(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  const host = hostname.replace(/^\[|\]$|\.$/g, '');
  const family = isIP(host);
  if (family === 4) return !privateIpv4.check(host, 'ipv4');
  if (family === 6) return !privateIpv6.check(host, 'ipv6');
  return host.includes('.') && !localNames.test(host);
}

// Two lists, because one would take every IPv4 address for one of the IPv4-mapped IPv6 addresses, which are refused.
const privateIpv4 = createBlockList('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
]);
const privateIpv6 = createBlockList('ipv6', [
  ['::', 96],
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]);

function createBlockList(family: 'ipv4' | 'ipv6', subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, family);
  return list;
}
