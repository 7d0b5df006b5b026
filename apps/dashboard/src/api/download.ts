import { saveFile } from '../components/save-file.ts';
import { stream } from './call.ts';
import type { Query } from './http.ts';

/**
 * Saves an answer of the API as a file of this name.
 * @throws {ApiError}
 */
export async function download(name: string, path: string, query: Query = {}): Promise<void> {
  const answer = await stream('GET', path, { query });
  saveFile(name, answer.headers.get('content-type') ?? 'application/octet-stream', await answer.blob());
}
