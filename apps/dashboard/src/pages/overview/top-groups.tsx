import type { DashboardAnswer } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { noId } from '../../api/keys.ts';
import { type Range, usageQuery } from '../../api/usage.ts';
import { Load } from '../../components/load.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatNumber } from '../../format/numbers.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { overviewWords } from './overview-words.ts';

const rowsMax = 6;

/** Where the money went: models and keys, dearest first. */
export function TopGroups({ range, total }: { range: Range; total: bigint }) {
  const t = useWords(overviewWords);
  return (
    <div className="columns">
      <Top title={t('byModel')} range={range} groupBy="model" total={total} />
      <Top title={t('byKey')} range={range} groupBy="key" total={total} />
    </div>
  );
}

interface TopProps {
  title: string;
  range: Range;
  groupBy: 'model' | 'key';
  total: bigint;
}

function Top({ title, range, groupBy, total }: TopProps) {
  const usage = useQuery(usageQuery(range, groupBy));
  return (
    <section className="stack tight">
      <h2>{title}</h2>
      <Load query={usage} lines={rowsMax}>
        {({ series }) => <Rows title={title} series={series} total={total} />}
      </Load>
    </section>
  );
}

function Rows({ title, series, total }: Pick<TopProps, 'title' | 'total'> & Pick<DashboardAnswer, 'series'>) {
  const t = useWords(overviewWords);
  const { language } = usePreferences();
  const rows = [...series].sort((a, b) => (BigInt(a.costNanoUsd) < BigInt(b.costNanoUsd) ? 1 : -1)).slice(0, rowsMax);
  return (
    <div className="table-frame">
      <table className="table">
        <thead>
          <tr>
            <th>{title}</th>
            <th className="end">{t('requests')}</th>
            <th className="end">{t('spend')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ group, name, requests, costNanoUsd }) => (
            <tr key={group}>
              <th scope="row">
                {group === noId ? '–' : (name ?? group)}
                <span className="share" style={{ width: shareOf(BigInt(costNanoUsd), total) }} />
              </th>
              <td className="end" data-label={t('requests')}>
                {formatNumber(requests, language)}
              </td>
              <td className="end" data-label={t('spend')}>
                {formatMoney(costNanoUsd, language)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shareOf = (part: bigint, whole: bigint): string => `${whole > 0n ? Number((part * 100n) / whole) : 0}%`;
