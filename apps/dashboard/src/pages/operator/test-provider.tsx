import type { ProviderDetail } from '@aggregator/contracts';
import { call, get } from '../../api/call.ts';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMs } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { providerWords } from './provider-words.ts';

const answerTokensMax = 16;

/** Sends one short request to a model of the provider, as a customer would: the whole way through the product. */
async function testProvider(name: string): Promise<{ model: string; ms: number } | null> {
  const { models } = await get<ProviderDetail>(`/v1/orchestrator/providers/${name}`);
  const found = models.find(({ operations, price }) => operations.includes('chat.completions') && price !== undefined);
  if (found === undefined) return null;
  const model = `${name}/${found.id}`;
  const messages = [{ role: 'user', content: 'Say OK.' }];
  const startedMs = performance.now();
  await call('POST', '/v1/chat/completions', { body: { model, messages, max_completion_tokens: answerTokensMax } });
  return { model, ms: performance.now() - startedMs };
}

export function TestProvider({ name }: { name: string }) {
  const t = useWords(providerWords);
  const { language } = usePreferences();
  const { mutate, data, error, isPending } = useAction(() => testProvider(name), ['balance']);
  return (
    <>
      <span role="status">
        {data === undefined ? null : (
          <span className="badge good">
            {data === null ? t('noModel') : t('works', { model: data.model, time: formatMs(data.ms, language) })}
          </span>
        )}
      </span>
      <Problem error={error} isAction />
      <button type="button" className="button small" disabled={isPending} onClick={() => mutate(undefined)}>
        {t(isPending ? 'testing' : 'test')}
        <span className="hidden-visually"> {name}</span>
      </button>
    </>
  );
}
