import type { QualityAnswer, QualityFigures } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { qualityQuery } from '../../api/quality.ts';
import { type Range, rangeBefore } from '../../api/usage.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { formatMoney, formatMoneyShort } from '../../format/money.ts';
import { formatMs, formatNumber, formatPart, formatShare } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { qualityWords } from './quality-words.ts';

/** How well requests were answered, against the period before. */
export function Quality({ range }: { range: Range }) {
  const t = useWords(qualityWords);
  const now = useQuery(qualityQuery(range));
  const before = useQuery(qualityQuery(rangeBefore(range)));
  return (
    <section className="stack tight">
      <h2>{t('title')}</h2>
      <Load query={now} lines={4}>
        {(answer) => (
          <>
            <Tiles now={answer} before={before.data} />
            <Errors figures={answer.totals} />
          </>
        )}
      </Load>
    </section>
  );
}

function Tiles({ now, before }: { now: QualityAnswer; before: QualityAnswer | undefined }) {
  const t = useWords(qualityWords);
  const { language } = usePreferences();
  const { totals } = now;
  const time = (ms: number | null | undefined) => (ms === null || ms === undefined ? '–' : formatMs(ms, language));
  const part = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : formatPart(value, language);
  const delays = (read: (figures: QualityFigures) => QualityFigures['latencyMs']) => {
    const { p50, p95, p99 } = read(totals);
    const past = before === undefined ? null : read(before.totals).p95;
    return {
      value: p95 === null ? '–' : t('in95', { time: time(p95) }),
      note: p95 === null ? t('noDelays') : t('percentiles', { p50: time(p50), p99: time(p99) }),
      title: t('before', { value: time(past) }),
    };
  };
  const { aborted, availability, cacheHits, cacheSavedNanoUsd, failed } = totals;
  const tiles = [
    { name: t('firstToken'), ...delays(({ firstTokenMs }) => firstTokenMs) },
    { name: t('latency'), ...delays(({ latencyMs }) => latencyMs) },
    {
      name: t('availability'),
      value: part(availability),
      note: t('availabilityNote', {
        failed: formatNumber(failed, language),
        aborted: formatNumber(aborted, language),
      }),
      title: t('before', { value: part(before?.totals.availability) }),
    },
    {
      name: t('cache'),
      value: formatMoneyShort(cacheSavedNanoUsd, language),
      note: t('cacheNote', { hits: formatNumber(cacheHits, language) }),
      title: formatMoney(cacheSavedNanoUsd, language),
    },
    {
      name: t('perRequest'),
      value: now.costPerRequestNanoUsd === null ? '–' : formatMoneyShort(now.costPerRequestNanoUsd, language),
      note: t('active', {
        users: formatNumber(now.activeUsers, language),
        keys: formatNumber(now.activeKeys, language),
      }),
      title: now.costPerRequestNanoUsd === null ? undefined : formatMoney(now.costPerRequestNanoUsd, language),
    },
  ];
  return (
    <div className="tiles">
      {tiles.map(({ name, value, note, title }) => (
        <div key={name} className="tile" title={title}>
          <span className="name">{name}</span>
          <span className="value">{value}</span>
          <span className="note">{note}</span>
        </div>
      ))}
    </div>
  );
}

type Fault = readonly [code: string, requests: number];

function Errors({ figures: { errors, requests } }: { figures: QualityFigures }) {
  const t = useWords(qualityWords);
  const { language } = usePreferences();
  const rows: Fault[] = Object.entries(errors).sort(([, one], [, other]) => other - one);
  if (rows.length === 0) return null;
  const columns: Column<Fault>[] = [
    { key: 'code', name: t('code'), isHeader: true, cell: ([code]) => <code>{code}</code> },
    { key: 'requests', name: t('requests'), isEnd: true, cell: ([, count]) => formatNumber(count, language) },
    { key: 'share', name: t('share'), isEnd: true, cell: ([, count]) => formatShare(count, requests, language) },
  ];
  return <DataTable label={t('errors')} columns={columns} rows={rows} idOf={([code]) => code} />;
}
