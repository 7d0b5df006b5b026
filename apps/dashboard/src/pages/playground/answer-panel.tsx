import { Link } from '@tanstack/react-router';
import { Problem } from '../../components/problem.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { playgroundWords } from './playground-words.ts';
import type { ChatAnswer } from './read-answer.ts';
import type { Chat } from './use-chat.ts';

/** The answer of one model, and what it took. */
export function AnswerPanel({ model, chat }: { model: string; chat: Chat }) {
  const t = useWords(playgroundWords);
  const { answer, error, isRunning, isStopped } = chat;
  return (
    <section className="card stack answer" aria-label={t('answerOf', { model })} aria-busy={isRunning}>
      <h2>{model}</h2>
      {answer === null ? <p className="soft">{t('nothingYet')}</p> : <Content answer={answer} isRunning={isRunning} />}
      <Problem error={error} isAction />
      {isStopped ? <p className="soft">{t('stopped')}</p> : null}
      {answer?.finishReason === 'length' ? <p className="note-box warn">{t('cut')}</p> : null}
      {answer === null ? null : <Facts answer={answer} />}
    </section>
  );
}

function Content({ answer, isRunning }: { answer: ChatAnswer; isRunning: boolean }) {
  const t = useWords(playgroundWords);
  const isEmpty = answer.text === '' && answer.calls.length === 0;
  if (isEmpty) return <p className="soft">{isRunning ? t('waiting') : ''}</p>;
  return (
    <>
      <div className="text">{answer.text}</div>
      {answer.calls.map(({ name, input }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls only ever grow at the end.
        <div key={index} className="note-box">
          <strong>{t('toolCall', { name })}</strong>
          <pre>{input}</pre>
        </div>
      ))}
    </>
  );
}

function Facts({ answer }: { answer: ChatAnswer }) {
  const t = useWords(playgroundWords);
  const g = useWords(general);
  const { language } = usePreferences();
  const ms = (value: number | null) => (value === null ? '–' : formatMs(value, language));
  const count = (value: number | null) => (value === null ? '–' : formatNumber(value, language));
  return (
    <dl className="facts">
      <dt>{t('firstToken')}</dt>
      <dd>{ms(answer.firstMs)}</dd>
      <dt>{t('time')}</dt>
      <dd>{ms(answer.endMs)}</dd>
      <dt>{t('tokens')}</dt>
      <dd>
        {count(answer.inputTokens)}, {count(answer.outputTokens)}
      </dd>
      <dt>{t('cost')}</dt>
      <dd className="money">{answer.costNanoUsd === null ? '–' : formatMoney(answer.costNanoUsd, language)}</dd>
      <dt>{g('requestId')}</dt>
      <dd>
        {answer.requestId === null ? (
          '–'
        ) : (
          <Link to="/requests" search={{ id: answer.requestId }}>
            <code>{answer.requestId}</code>
          </Link>
        )}
      </dd>
    </dl>
  );
}
