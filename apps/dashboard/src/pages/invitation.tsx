import type { ShownInvitation } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { send } from '../api/http.ts';
import { Door, readForm } from '../components/door.tsx';
import { TextField } from '../components/field.tsx';
import { Load } from '../components/load.tsx';
import { Problem } from '../components/problem.tsx';
import { useAction } from '../components/use-action.ts';
import { useWords } from '../i18n/preferences.tsx';
import { doorWords } from './door-words.ts';
import { readLinkToken } from './link-token.ts';
import { roleWords } from './team/role-words.ts';

export function InvitationPage() {
  const t = useWords(doorWords);
  const token = readLinkToken(window.location.hash);
  return (
    <Door title={t('invitation')}>
      {token === null ? <p role="alert">{t('noToken')}</p> : <Invitation token={token} />}
      <Link to="/sign-in">{t('signIn')}</Link>
    </Door>
  );
}

function Invitation({ token }: { token: string }) {
  const shown = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => send<ShownInvitation>('POST', '/v1/auth/invitations/show', { body: { token } }),
  });
  return (
    <Load query={shown} lines={3}>
      {(invitation) => <Accept token={token} invitation={invitation} />}
    </Load>
  );
}

function Accept({ token, invitation }: { token: string; invitation: ShownInvitation }) {
  const t = useWords(doorWords);
  const role = useWords(roleWords);
  const accept = useAction((fields: Record<string, string>) =>
    send('POST', '/v1/auth/invitations/accept', { body: { token, ...fields } }),
  );
  if (accept.isSuccess) return <p role="status">{t('accepted')}</p>;
  const values = {
    email: invitation.email,
    organization: invitation.organizationName,
    role: role(invitation.role),
  };
  return (
    <form className="stack" onSubmit={(event) => accept.mutate(readForm(event))}>
      <p>{t('invitedTo', values)}</p>
      {invitation.hasAccount ? null : (
        <TextField label={t('yourName')} name="name" autoComplete="name" maxLength={100} required />
      )}
      {invitation.needsPassword ? <Password hasAccount={invitation.hasAccount} /> : null}
      <Problem error={accept.error} isAction />
      <button type="submit" className="button primary" disabled={accept.isPending}>
        {t('accept')}
      </button>
    </form>
  );
}

function Password({ hasAccount }: { hasAccount: boolean }) {
  const t = useWords(doorWords);
  return (
    <TextField
      label={hasAccount ? t('existingPassword') : t('newPassword')}
      name="password"
      type="password"
      autoComplete={hasAccount ? 'current-password' : 'new-password'}
      minLength={hasAccount ? 1 : 10}
      maxLength={256}
      required
    />
  );
}
