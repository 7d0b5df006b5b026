import { useProfile } from '../../api/queries.ts';
import { Page } from '../../components/page.tsx';
import { useWords } from '../../i18n/preferences.tsx';
import { OwnPayer } from './own-payer.tsx';
import { PaidOrganizations } from './paid-organizations.tsx';
import { payerWords } from './payer-words.ts';

/** Who pays for this organisation, and for which ones it pays. */
export function PayersPage() {
  const t = useWords(payerWords);
  const profile = useProfile();
  return (
    <Page title={t('title')} intro={t('intro')}>
      {profile === undefined ? null : (
        <p className="row">
          {t('ownId')}: <code>{profile.organizationId}</code>
        </p>
      )}
      <OwnPayer />
      <PaidOrganizations />
    </Page>
  );
}
