import type { CreatedApiKey } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { send } from '../../api/http.ts';
import { modelsQuery } from '../../api/queries.ts';
import { CodeBlock } from '../../components/code-block.tsx';
import { Choice } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney } from '../../format/money.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { SnippetTabs } from '../../snippets/snippet-tabs.tsx';
import { startWords } from './start-words.ts';

/** Stands in the code until there is a key. */
const placeholder = 'agk_live_…';

export function StartPage() {
  const t = useWords(startWords);
  const [key, setKey] = useState<string | null>(null);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <MakeKey apiKey={key} onKey={setKey} />
      <FirstRequest apiKey={key} />
      <section className="card stack">
        <h2>{t('step3')}</h2>
        <p>{t('step3Text')}</p>
        <p>
          <Link to="/overview" className="button">
            {t('toUsage')}
          </Link>
        </p>
      </section>
    </Page>
  );
}

function MakeKey({ apiKey, onKey }: { apiKey: string | null; onKey: (key: string) => void }) {
  const t = useWords(startWords);
  const create = useAction(
    () => call<CreatedApiKey>('POST', '/v1/auth/api-keys', { body: { name: t('keyName'), scopes: ['ai:invoke'] } }),
    ['keys'],
    ({ key }) => onKey(key),
  );
  return (
    <section className="card stack">
      <h2>{t('step1')}</h2>
      <p>{t('step1Text')}</p>
      <Problem error={create.error} isAction />
      {apiKey === null ? (
        <div>
          <button
            type="button"
            className="button primary"
            disabled={create.isPending}
            onClick={() => create.mutate(undefined)}
          >
            {t('create')}
          </button>
        </div>
      ) : (
        <>
          <CodeBlock text={apiKey} label={t('yourKey')} />
          <p className="note-box warn" role="status">
            {t('keyNow')}
          </p>
        </>
      )}
    </section>
  );
}

function FirstRequest({ apiKey }: { apiKey: string | null }) {
  const t = useWords(startWords);
  const models = useQuery(modelsQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  return (
    <section className="card stack">
      <h2>{t('step2')}</h2>
      <p>{t('step2Text')}</p>
      <Load query={models} lines={8}>
        {({ data }) => {
          const usable = data.filter(({ id }) => !id.includes('embedding'));
          const model = chosen ?? usable[0]?.id;
          if (model === undefined) return <p className="note-box warn">{t('noModels')}</p>;
          const body = { model, messages: [{ role: 'user', content: t('prompt') }] };
          const baseUrl = `${window.location.origin}/v1`;
          return (
            <>
              <Choice label={t('model')} value={model} onChange={(event) => setChosen(event.target.value)}>
                {usable.map(({ id }) => (
                  <option key={id}>{id}</option>
                ))}
              </Choice>
              <SnippetTabs request={{ baseUrl, apiKey: apiKey ?? placeholder, body }} />
              {apiKey === null ? null : <TryIt apiKey={apiKey} body={body} />}
            </>
          );
        }}
      </Load>
    </section>
  );
}

interface Completion {
  choices: { message: { content: string | null } }[];
  usage?: { cost_nano_usd?: string };
}

function TryIt({ apiKey, body }: { apiKey: string; body: object }) {
  const t = useWords(startWords);
  const { language } = usePreferences();
  const attempt = useAction(
    () => send<Completion>('POST', '/v1/chat/completions', { body, headers: { authorization: `Bearer ${apiKey}` } }),
    ['usage', 'balance'],
  );
  const cost = attempt.data?.usage?.cost_nano_usd;
  return (
    <div className="stack tight">
      <div>
        <button type="button" className="button" disabled={attempt.isPending} onClick={() => attempt.mutate(undefined)}>
          {attempt.isPending ? t('sending') : t('tryIt')}
        </button>
      </div>
      <Problem error={attempt.error} isAction />
      {attempt.data === undefined ? null : (
        <div className="note-box good" role="status" aria-label={t('answer')}>
          <p>{attempt.data.choices[0]?.message.content}</p>
          {cost === undefined ? null : <p className="money">{t('cost', { cost: formatMoney(cost, language) })}</p>}
        </div>
      )}
    </div>
  );
}
