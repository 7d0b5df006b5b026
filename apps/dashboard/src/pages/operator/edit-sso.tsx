import type { PutSsoProviderRequest, SsoProvider, Tenant } from '@aggregator/contracts';
import { call } from '../../api/call.ts';
import { listQuery } from '../../api/lists.ts';
import { Check, Choice, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { splitNames } from '../../format/names.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { useRows } from '../team/members.ts';
import { roleWords } from '../team/role-words.ts';
import { ssoWords } from './sso-words.ts';

const tenantsQuery = listQuery<Tenant>('tenants', '/v1/auth/organizations', { limit: '100' });
const roles = ['developer', 'viewer', 'billing', 'admin'] as const;
const switches = ['createsUsers', 'isEnforced', 'isListed', 'isEmailTrusted', 'isForOperators'] as const;

/** Returns the whole provider: a replacement keeps what the form does not show. */
function toBody(form: Record<string, string>, known: SsoProvider | null): PutSsoProviderRequest {
  const { label = '', issuer = '', clientId = '', clientSecret, organizationId = '', domains = '', defaultRole } = form;
  const isOn = Object.fromEntries(switches.map((name) => [name, form[name] === 'on'])) as Record<
    (typeof switches)[number],
    boolean
  >;
  return {
    ...{ label, issuer, clientId, organizationId, domains: splitNames(domains), ...isOn },
    ...(clientSecret !== '' && clientSecret !== undefined
      ? { clientSecret }
      : known === null && { clientSecret: null }),
    defaultRole: roles.find((role) => role === defaultRole) ?? null,
    scopes: known?.scopes ?? ['openid', 'email', 'profile'],
    mapping: known?.mapping ?? { claim: 'groups', rules: [] },
  };
}

interface Props {
  known: SsoProvider | null;
  onClose: () => void;
  onSaved: (row: SsoProvider) => void;
}

export function EditSso({ known, onClose, onSaved }: Props) {
  const t = useWords(ssoWords);
  const save = useAction(
    ({ id, ...form }: Record<string, string>) =>
      call<SsoProvider>('PUT', `/v1/auth/sso-providers/${encodeURIComponent(known?.name ?? id ?? '')}`, {
        body: toBody(form, known),
      }),
    ['sso-providers'],
    onSaved,
  );
  const title = known === null ? t('add') : t('editTitle', { name: known.label });
  return (
    <FormDialog title={title} action={title} work={save} onSubmit={save.mutate} onClose={onClose}>
      <div className="columns">
        {known === null ? <TextField label={t('id')} hint={t('idHint')} name="id" required autoFocus /> : null}
        <TextField label={t('label')} name="label" defaultValue={known?.label} maxLength={100} required />
      </div>
      <TextField
        label={t('issuer')}
        hint={t('issuerHint')}
        name="issuer"
        type="url"
        defaultValue={known?.issuer}
        required
      />
      <div className="columns">
        <TextField label={t('clientId')} name="clientId" defaultValue={known?.clientId} spellCheck={false} required />
        <TextField
          label={t('clientSecret')}
          hint={t(known === null ? 'secretHintNew' : 'secretHint')}
          name="clientSecret"
          type="password"
          autoComplete="off"
        />
        <Tenants organizationId={known?.organizationId} />
        <TextField
          label={t('domains')}
          hint={t('domainsHint')}
          name="domains"
          defaultValue={known?.domains.join(', ')}
          required
        />
        <DefaultRole known={known} />
      </div>
      {switches.map((name) => (
        <Check key={name} label={t(name)} name={name} defaultChecked={known?.[name] ?? name === 'isListed'} />
      ))}
    </FormDialog>
  );
}

function Tenants({ organizationId }: { organizationId: string | undefined }) {
  const t = useWords(ssoWords);
  const tenants = useRows(tenantsQuery);
  const isKnown = organizationId === undefined || tenants.some(({ id }) => id === organizationId);
  return (
    // The rows come after the first look: another key shows the organisation that is held.
    <Choice key={tenants.length} label={t('organization')} name="organizationId" defaultValue={organizationId} required>
      {isKnown ? null : <option value={organizationId}>{organizationId}</option>}
      {tenants.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </Choice>
  );
}

function DefaultRole({ known }: { known: SsoProvider | null }) {
  const t = useWords(ssoWords);
  const word = useWords(roleWords);
  return (
    <Choice
      label={t('defaultRole')}
      name="defaultRole"
      defaultValue={known === null ? 'developer' : (known.defaultRole ?? '')}
    >
      <option value="">{t('rejected')}</option>
      {roles.map((role) => (
        <option key={role} value={role}>
          {word(role)}
        </option>
      ))}
    </Choice>
  );
}
