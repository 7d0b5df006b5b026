import { readPictureSize } from './picture-size.ts';

/** Of a picture whose size is not known: a square of 1024 pixels. */
const sizeOtherwise = { width: 1024, height: 1024 };

/**
 * Returns the tokens of a picture in a prompt by its vendor's formula.
 * Sources: https://platform.openai.com/docs/guides/images-vision#calculating-costs,
 * https://platform.claude.com/docs/en/build-with-claude/vision, https://ai.google.dev/gemini-api/docs/tokens (read 2026-11).
 * @param url A data URL, or an address, whose picture is not read.
 */
export function countPicture(url: string, detail: unknown, model: string): number {
  const { width, height } = readPictureSize(url) ?? sizeOtherwise;
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  if (/^claude/.test(name)) return Math.ceil(Math.min((width * height) / 750, 1600));
  if (/^gemini/.test(name)) {
    const isSmall = width <= 384 && height <= 384;
    return 258 * (isSmall ? 1 : Math.ceil(width / 768) * Math.ceil(height / 768));
  }
  const [base, tile] = tilesOf(name);
  return detail === 'low' ? base : base + tile * countTiles(width, height);
}

function tilesOf(name: string): readonly [base: number, tile: number] {
  if (/^gpt-4o-mini/.test(name)) return [2833, 5667];
  if (/^gpt-[56]/.test(name)) return [70, 140];
  if (/^o\d/.test(name)) return [75, 150];
  return [85, 170];
}

/** Within 2048 × 2048, then the shorter side at 768; tiles of 512. */
function countTiles(width: number, height: number): number {
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = Math.min(fit, 768 / Math.min(width, height));
  return Math.ceil((width * scale) / 512) * Math.ceil((height * scale) / 512);
}
