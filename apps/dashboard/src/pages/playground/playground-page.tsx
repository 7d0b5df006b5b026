import type { ModelRow } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { modelsQuery } from '../../api/queries.ts';
import { Choice } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { useWords } from '../../i18n/preferences.tsx';
import { SnippetTabs } from '../../snippets/snippet-tabs.tsx';
import { AnswerPanel } from './answer-panel.tsx';
import { ChatFormFields } from './chat-form.tsx';
import { emptyForm, toChatBody, toShownBody } from './chat-request.ts';
import { playgroundWords } from './playground-words.ts';
import { useChat } from './use-chat.ts';
import './playground.css';

export function PlaygroundPage() {
  const t = useWords(playgroundWords);
  const models = useQuery(modelsQuery);
  return (
    <Page title={t('title')} intro={t('intro')}>
      <Load query={models} lines={10}>
        {({ data }) => {
          const usable = data.filter(({ pricing }) => pricing.completion !== undefined);
          return usable.length === 0 ? <Empty title={t('noModels')} /> : <Playground models={usable} />;
        }}
      </Load>
    </Page>
  );
}

function Playground({ models }: { models: readonly ModelRow[] }) {
  const t = useWords(playgroundWords);
  const search: { model?: string; other?: string } = useSearch({ strict: false });
  const known = (id: string | undefined) => (models.some((row) => row.id === id) ? id : undefined);
  const [model, setModel] = useState(known(search.model) ?? models[0]?.id ?? '');
  const [other, setOther] = useState(known(search.other) ?? '');
  const [form, setForm] = useState({ ...emptyForm, prompt: '' });
  const first = useChat();
  const second = useChat();
  const isRunning = first.isRunning || second.isRunning;
  const send = () => {
    void first.send(toChatBody(model, form));
    if (other !== '') void second.send(toChatBody(other, form));
  };
  const stop = () => {
    first.stop();
    second.stop();
  };
  return (
    <>
      <div className="playground">
        <form
          className="card stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (!isRunning) send();
          }}
        >
          <Choice label={t('model')} value={model} onChange={(event) => setModel(event.target.value)}>
            <Options models={models} />
          </Choice>
          <Choice label={t('other')} value={other} onChange={(event) => setOther(event.target.value)}>
            <option value="">{t('noOther')}</option>
            <Options models={models} />
          </Choice>
          <ChatFormFields form={form} onChange={setForm} />
          <div className="row">
            <button type="submit" className="button primary" disabled={isRunning}>
              {t('send')}
            </button>
            <button type="button" className="button" disabled={!isRunning} onClick={stop}>
              {t('stop')}
            </button>
          </div>
        </form>
        <div className="answers" aria-live="polite">
          <AnswerPanel model={model} chat={first} />
          {other === '' ? null : <AnswerPanel model={other} chat={second} />}
        </div>
      </div>
      <section className="card stack">
        <h2>{t('code')}</h2>
        <SnippetTabs
          request={{
            baseUrl: `${window.location.origin}/v1`,
            apiKey: 'agk_live_…',
            body: toShownBody(model, form),
          }}
        />
      </section>
    </>
  );
}

function Options({ models }: { models: readonly ModelRow[] }) {
  return models.map(({ id }) => <option key={id}>{id}</option>);
}
