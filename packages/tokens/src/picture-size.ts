export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Bytes of a JPEG in which its size is looked for; metadata may be before it. */
const headBytesMax = 65_536;

/** Returns the size of a PNG, GIF, WebP or JPEG picture in a data URL, from its first bytes; null if it is not there. */
export function readPictureSize(url: string): PictureSize | null {
  const comma = url.indexOf(',');
  if (!url.startsWith('data:') || !url.slice(0, comma).endsWith(';base64')) return null;
  const head = Buffer.from(url.slice(comma + 1, comma + 1 + Math.ceil((headBytesMax * 4) / 3)), 'base64');
  const size = readPng(head) ?? readGif(head) ?? readWebp(head) ?? readJpeg(head);
  return size !== null && size.width > 0 && size.height > 0 ? size : null;
}

function readPng(head: Buffer): PictureSize | null {
  if (head.length < 24 || head.readUInt32BE(0) !== 0x89504e47) return null;
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
}

function readGif(head: Buffer): PictureSize | null {
  if (head.length < 10 || head.toString('latin1', 0, 4) !== 'GIF8') return null;
  return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
}

function readWebp(head: Buffer): PictureSize | null {
  if (head.length < 30 || head.toString('latin1', 8, 12) !== 'WEBP') return null;
  const kind = head.toString('latin1', 12, 16);
  if (kind === 'VP8X') return { width: 1 + head.readUIntLE(24, 3), height: 1 + head.readUIntLE(27, 3) };
  if (kind === 'VP8 ') return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
  const bits = head.readUInt32LE(21);
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
}

/** Walks the segments to the frame header. */
function readJpeg(head: Buffer): PictureSize | null {
  if (head.length < 4 || head.readUInt16BE(0) !== 0xffd8) return null;
  for (let at = 2; at + 9 <= head.length && head[at] === 0xff; ) {
    const marker = head[at + 1] ?? 0;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { width: head.readUInt16BE(at + 7), height: head.readUInt16BE(at + 5) };
    at += 2 + head.readUInt16BE(at + 2);
  }
  return null;
}
