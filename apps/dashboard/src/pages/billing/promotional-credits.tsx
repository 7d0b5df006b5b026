import type { PromotionalCredit } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/call.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { formatMoney } from '../../format/money.ts';
import { formatUtcTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { promotionalWords } from './promotional-words.ts';

/** Credit that was given with an end; nothing if there is none. */
export function PromotionalCredits() {
  const t = useWords(promotionalWords);
  const { language } = usePreferences();
  const credits = useQuery({
    queryKey: ['promotional'],
    queryFn: ({ signal }) => get<{ data: PromotionalCredit[] }>('/v1/billing/promotional-credits', {}, signal),
  });
  const rows = credits.data?.data ?? [];
  if (rows.length === 0) return null;
  const columns: Column<PromotionalCredit>[] = [
    { key: 'description', name: t('description'), isHeader: true, cell: ({ description }) => description },
    {
      key: 'left',
      name: t('left'),
      isEnd: true,
      cell: ({ remainingNanoUsd }) => formatMoney(remainingNanoUsd, language),
    },
    { key: 'given', name: t('given'), isEnd: true, cell: ({ amountNanoUsd }) => formatMoney(amountNanoUsd, language) },
    { key: 'ends', name: t('ends'), cell: ({ expiresAt }) => formatUtcTime(expiresAt, language) },
  ];
  return (
    <section className="stack tight">
      <h2>{t('title')}</h2>
      <p className="soft">{t('text')}</p>
      <DataTable label={t('title')} columns={columns} rows={rows} idOf={({ id }) => id} />
    </section>
  );
}
