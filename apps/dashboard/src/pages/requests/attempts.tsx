import type { ChargeExplanation } from '@aggregator/contracts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatMs, formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { requestWords } from './request-words.ts';
import { toWaterfall } from './waterfall.ts';

type Attempt = NonNullable<ChargeExplanation['attempts']>[number];

/** Every attempt of a request, with its place in the time that the request took. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const t = useWords(requestWords);
  const { language } = usePreferences();
  const rows = toWaterfall(attempts);
  const columns: Column<(typeof rows)[number]>[] = [
    { key: 'number', name: t('attempt'), isEnd: true, cell: ({ number }) => number },
    { key: 'model', name: t('model'), isHeader: true, cell: ({ provider, model }) => `${provider}/${model}` },
    {
      key: 'outcome',
      name: t('outcome'),
      cell: ({ errorCode }) =>
        errorCode === null ? (
          <span className="badge good">{t('answered')}</span>
        ) : (
          <span className="badge bad">{errorCode}</span>
        ),
    },
    {
      key: 'tokens',
      name: t('tokens'),
      isEnd: true,
      cell: ({ spentUsage }) =>
        spentUsage === undefined
          ? '–'
          : formatNumber(
              Object.values(spentUsage).reduce((sum, units) => sum + units, 0),
              language,
            ),
    },
    { key: 'took', name: t('took'), isEnd: true, cell: ({ latencyMs }) => formatMs(latencyMs, language) },
    {
      key: 'when',
      name: t('when'),
      cell: ({ startPercent, widthPercent, errorCode }) => (
        <span className="waterfall" aria-hidden="true">
          <span
            className={errorCode === null ? undefined : 'bad'}
            style={{ marginLeft: `${startPercent}%`, width: `${widthPercent}%` }}
          />
        </span>
      ),
    },
  ];
  return (
    <section className="stack tight">
      <h2>{t('attempts')}</h2>
      <DataTable label={t('attempts')} columns={columns} rows={rows} idOf={({ number }) => String(number)} />
      <p className="soft">{t('attemptsText')}</p>
    </section>
  );
}
