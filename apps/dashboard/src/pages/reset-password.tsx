import { Link } from '@tanstack/react-router';
import { send } from '../api/http.ts';
import { Door, readForm } from '../components/door.tsx';
import { TextField } from '../components/field.tsx';
import { Problem } from '../components/problem.tsx';
import { useAction } from '../components/use-action.ts';
import { usePreferences, useWords } from '../i18n/preferences.tsx';
import { doorWords } from './door-words.ts';
import { readLinkToken } from './link-token.ts';

/** Asks for a link; with the token of such a link, sets the password. */
export function ResetPasswordPage() {
  const t = useWords(doorWords);
  const token = readLinkToken(window.location.hash);
  return (
    <Door title={t('reset')}>
      {token === null ? <AskForLink /> : <SetPassword token={token} />}
      <Link to="/sign-in">{t('signIn')}</Link>
    </Door>
  );
}

function AskForLink() {
  const t = useWords(doorWords);
  const { language } = usePreferences();
  const ask = useAction(({ email }: Record<string, string>) =>
    send('POST', '/v1/auth/password/request', { body: { email, language } }),
  );
  if (ask.isSuccess) return <p role="status">{t('linkSent')}</p>;
  return (
    <form className="stack" onSubmit={(event) => ask.mutate(readForm(event))}>
      <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
      <Problem error={ask.error} isAction />
      <button type="submit" className="button primary" disabled={ask.isPending}>
        {t('sendLink')}
      </button>
    </form>
  );
}

function SetPassword({ token }: { token: string }) {
  const t = useWords(doorWords);
  const set = useAction(({ newPassword }: Record<string, string>) =>
    send('POST', '/v1/auth/password/reset', { body: { token, newPassword } }),
  );
  if (set.isSuccess) return <p role="status">{t('passwordSet')}</p>;
  return (
    <form className="stack" onSubmit={(event) => set.mutate(readForm(event))}>
      <TextField
        label={t('newPassword')}
        hint={t('passwordHint')}
        name="newPassword"
        type="password"
        autoComplete="new-password"
        minLength={10}
        maxLength={256}
        required
        autoFocus
      />
      <Problem error={set.error} isAction />
      <button type="submit" className="button primary" disabled={set.isPending}>
        {t('reset')}
      </button>
    </form>
  );
}
