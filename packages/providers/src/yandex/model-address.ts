import { AppError, type Operation } from '@aggregator/contracts';
import type { ProviderTarget } from '../provider-adapter.ts';

const addressPattern = /\b(?:gpt|emb|art|cls|ds):\/\/[^\s/"'`]+\//g;

/**
 * Yandex calls a model by an address in which our folder stands: `gpt://<folder>/yandexgpt/latest`, `emb://…` for embeddings.
 * A name that is an address already stays as it is.
 * Source: https://yandex.cloud/en/docs/ai-studio/concepts/generation/models (read 2026-11).
 * @throws {AppError} `upstream_misconfigured` without a folder.
 */
export function toModelAddress({ model, options }: ProviderTarget, operation: Operation): string {
  if (model.includes('://')) return model;
  if (!options.folder) throw new AppError('upstream_misconfigured', { internal: 'a Yandex provider without a folder' });
  return `${operation === 'embeddings' ? 'emb' : 'gpt'}://${options.folder}/${model}`;
}

/**
 * A text without the folder of any such address in it: `yandexgpt/latest`. The folder is ours, and no client may see
 * it.
 */
export function withoutFolders(text: string): string {
  return text.replace(addressPattern, '');
}
