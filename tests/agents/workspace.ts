import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A line that shells, JSON and prompts like to change. */
export const awkwardLine = `“smart” 'single' "double" $HOME \`tick\` \\n 100% 🎉 naïve 日本語`;

/** A picture of 2 × 2 pixels. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==';

const files: Readonly<Record<string, string | Buffer>> = {
  'sum.sh': 'a=2\nb=3\necho "sum=$((a - b))"\n',
  'awkward.txt': `${awkwardLine}\n`,
  'picture.png': Buffer.from(picture, 'base64'),
};

/** Writes the files of the task into a new folder. */
export async function writeWorkspace(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(path, name), content)));
}
