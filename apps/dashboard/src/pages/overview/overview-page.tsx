import type { DashboardAnswer, UsageTotals } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { balanceQuery } from '../../api/money.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { type Period, type Range, rangeBefore, rangeOf, stepOf, usageQuery } from '../../api/usage.ts';
import { Load } from '../../components/load.tsx';
import { Empty, Page } from '../../components/page.tsx';
import { PeriodPicker } from '../../components/period-picker.tsx';
import { formatMoney, formatMoneyShort } from '../../format/money.ts';
import { formatChange, formatMs, formatNumber, formatShare, formatShort } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { overviewWords } from './overview-words.ts';
import { Quality } from './quality.tsx';
import { SpendChart } from './spend-chart.tsx';
import { TopGroups } from './top-groups.tsx';

export function OverviewPage() {
  const t = useWords(overviewWords);
  const [period, setPeriod] = useState<Period>('24h');
  const range = useMemo(() => rangeOf(period, Date.now()), [period]);
  const usage = useQuery(usageQuery(range, stepOf(range)));
  return (
    <Page title={t('title')} actions={<PeriodPicker value={period} onChange={setPeriod} />}>
      <Load query={usage} lines={10}>
        {(now) => <Figures now={now} range={range} />}
      </Load>
    </Page>
  );
}

function Figures({ now, range }: { now: DashboardAnswer; range: Range }) {
  const t = useWords(overviewWords);
  const user = useProfile();
  const before = useQuery(usageQuery(rangeBefore(range), 'day')).data?.totals;
  return (
    <>
      <div className="tiles">
        {can(user, 'billing.read') ? <Balance /> : null}
        <Tiles now={now.totals} before={before} />
      </div>
      {now.totals.requests === 0 ? (
        <Empty title={t('nothing')}>
          <p>{t('nothingText')}</p>
          {can(user, 'models.call') ? (
            <Link to="/start" className="button primary">
              {t('firstSteps')}
            </Link>
          ) : null}
        </Empty>
      ) : (
        <>
          <SpendChart usage={now} range={range} />
          <Quality range={range} />
          <TopGroups range={range} total={BigInt(now.totals.costNanoUsd)} />
        </>
      )}
    </>
  );
}

function Balance() {
  const t = useWords(overviewWords);
  const { language } = usePreferences();
  const { data } = useQuery(balanceQuery);
  return (
    <div className="tile">
      <span className="name">{t('balance')}</span>
      <span className="value">{data === undefined ? '…' : formatMoneyShort(data.balanceNanoUsd, language)}</span>
      <span className="note">
        {data === undefined ? '' : t('held', { held: formatMoneyShort(data.heldNanoUsd, language) })}
      </span>
    </div>
  );
}

function Tiles({ now, before }: { now: UsageTotals; before: UsageTotals | undefined }) {
  const t = useWords(overviewWords);
  const { language } = usePreferences();
  const against = (current: number, past: number | undefined) => {
    if (past === undefined) return '\u00a0';
    const change = formatChange(current, past, language);
    return change === null ? t('noBefore') : t('against', { change });
  };
  const latency = now.latencyMsMean === null ? '–' : formatMs(now.latencyMsMean, language);
  const tokens = { input: formatShort(now.inputTokens, language), output: formatShort(now.outputTokens, language) };
  const tiles = [
    {
      name: t('spend'),
      value: formatMoneyShort(now.costNanoUsd, language),
      title: formatMoney(now.costNanoUsd, language),
      note: against(Number(now.costNanoUsd), before === undefined ? undefined : Number(before.costNanoUsd)),
    },
    {
      name: t('requests'),
      value: formatNumber(now.requests, language),
      note: against(now.requests, before?.requests),
    },
    {
      name: t('failed'),
      value: formatNumber(now.failedRequests, language),
      note: t('failedShare', { share: formatShare(now.failedRequests, now.requests, language) }),
    },
    { name: t('tokens'), value: formatShort(now.totalTokens, language), note: t('tokensNote', tokens) },
    { name: t('latency'), value: latency, note: against(now.latencyMsMean ?? 0, before?.latencyMsMean ?? undefined) },
  ];
  return tiles.map(({ name, value, note, title }) => (
    <div key={name} className="tile" title={title}>
      <span className="name">{name}</span>
      <span className="value">{value}</span>
      <span className="note">{note}</span>
    </div>
  ));
}
