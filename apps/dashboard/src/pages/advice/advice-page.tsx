import type { Advice, AdviceAnswer } from '@aggregator/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import { get } from '../../api/call.ts';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { formatMoney, formatMoneyShort } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { adviceWords } from './advice-words.ts';

/** What a month could have cost, with the requests that show it. */
export function AdvicePage() {
  const t = useWords(adviceWords);
  const thisMonth = new Date().toISOString().slice(0, 7);
  const [period, setPeriod] = useState(thisMonth);
  const advice = useQuery({
    queryKey: ['advice', period],
    queryFn: ({ signal }) => get<AdviceAnswer>('/v1/billing/advice', { period }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      actions={
        <TextField
          label={t('month')}
          type="month"
          min="2020-01"
          max={thisMonth}
          value={period}
          required
          onChange={(event) => event.target.value !== '' && setPeriod(event.target.value)}
        />
      }
    >
      <Load query={advice} lines={6}>
        {(answer) => <Found answer={answer} />}
      </Load>
    </Page>
  );
}

function Found({ answer }: { answer: AdviceAnswer }) {
  const t = useWords(adviceWords);
  const { language } = usePreferences();
  const { computedAt, data, isComplete, paidNanoUsd, requests } = answer;
  return (
    <>
      <div className="tiles">
        <Tile name={t('requests')} value={formatNumber(requests, language)} />
        <Tile name={t('paid')} value={formatMoneyShort(paidNanoUsd, language)} />
        <Tile name={t('computed')} value={formatTime(computedAt, language)} />
      </div>
      {isComplete ? null : <p className="note-box">{t('partial')}</p>}
      {data.length === 0 ? (
        <Empty title={t('none')}>
          <p>{t('noneText')}</p>
        </Empty>
      ) : (
        <>
          {data.length === 1 ? null : <p className="soft">{t('noSum')}</p>}
          {data.map((one) => (
            <Entry key={`${one.kind} ${one.keyId} ${nameOf(one.current)} ${nameOf(one.proposed)}`} advice={one} />
          ))}
        </>
      )}
    </>
  );
}

function Tile({ name, value }: { name: string; value: string }) {
  return (
    <div className="tile">
      <span className="name">{name}</span>
      <span className="value">{value}</span>
    </div>
  );
}

const nameOf = (served: Advice['current']): string => (served === null ? '' : `${served.provider}/${served.model}`);

function Entry({ advice }: { advice: Advice }) {
  const t = useWords(adviceWords);
  const { language } = usePreferences();
  const { current, examples, explanation, keyId, kind, proposed, requests } = advice;
  const facts = [
    [t('now'), nameOf(current)],
    [t('instead'), nameOf(proposed)],
    [t('key'), keyId ?? ''],
    [t('requests'), requests === 0 ? '' : formatNumber(requests, language)],
    [t('paid'), requests === 0 ? '' : formatMoney(advice.paidNanoUsd, language)],
    [t('wouldCost'), requests === 0 ? '' : formatMoney(advice.wouldCostNanoUsd, language)],
  ] as const;
  return (
    <section className="card stack tight">
      <div className="row spread">
        <h2>{t(kind)}</h2>
        {advice.savedNanoUsd === '0' ? null : (
          <span className="badge good">{t('saves', { amount: formatMoney(advice.savedNanoUsd, language) })}</span>
        )}
      </div>
      <dl className="facts">
        {facts.map(([name, value]) =>
          value === '' ? null : (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </Fragment>
          ),
        )}
      </dl>
      <p className="soft" lang="en">
        {explanation}
      </p>
      {examples.length === 0 ? null : (
        <p className="row">
          {t('examples')}:
          {examples.map((id, at) => (
            <Link key={id} to="/requests" search={{ id }}>
              {t('example', { number: at + 1 })}
            </Link>
          ))}
        </p>
      )}
    </section>
  );
}
