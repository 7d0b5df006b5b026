import type { SpoolPage, SpoolRow } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/call.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { formatNumber } from '../../format/numbers.ts';
import { formatTime } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { ledgerWords } from './ledger-words.ts';
import { PaymentReviews, UsageReviews } from './reviews.tsx';

const refreshMs = 15_000;

export function LedgerPage() {
  const t = useWords(ledgerWords);
  const spools = useQuery({
    queryKey: ['spools'],
    queryFn: ({ signal }) => get<SpoolPage>('/v1/billing/spools', {}, signal),
    refetchInterval: refreshMs,
  });
  return (
    <Page title={t('title')} intro={t('intro')}>
      <section className="stack tight">
        <h2>{t('spools')}</h2>
        <Load query={spools} lines={3}>
          {({ data }) => (data.length === 0 ? <p className="soft">{t('noSpools')}</p> : <Spools rows={data} />)}
        </Load>
      </section>
      <UsageReviews />
      <PaymentReviews />
    </Page>
  );
}

const tones: Readonly<Record<SpoolRow['state'], string>> = { open: 'good', silent: 'bad', closed: '', lost: 'warn' };

function Spools({ rows }: { rows: readonly SpoolRow[] }) {
  const t = useWords(ledgerWords);
  const { language } = usePreferences();
  const columns: Column<SpoolRow>[] = [
    { key: 'id', name: t('id'), isHeader: true, cell: ({ id }) => <code>{id}</code> },
    {
      key: 'state',
      name: t('state'),
      cell: ({ state, missingRecords }) => (
        <>
          <span className={`badge ${tones[state]}`}>{t(state)}</span>{' '}
          {missingRecords ? <span className="badge bad">{t('missing')}</span> : null}
        </>
      ),
    },
    { key: 'seen', name: t('seen'), cell: ({ lastSeenAt }) => formatTime(lastSeenAt, language) },
    {
      key: 'open',
      name: t('openRequests'),
      isEnd: true,
      cell: ({ openRequests }) => formatNumber(openRequests, language),
    },
    { key: 'unshipped', name: t('unshipped'), isEnd: true, cell: ({ unshipped }) => formatNumber(unshipped, language) },
  ];
  return <DataTable label={t('spools')} columns={columns} rows={rows} idOf={({ id }) => id} />;
}
