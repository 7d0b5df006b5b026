import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { methodsQuery } from '../api/queries.ts';
import { session } from '../api/session.ts';
import { Door, readForm } from '../components/door.tsx';
import { TextField } from '../components/field.tsx';
import { Problem } from '../components/problem.tsx';
import { useAction } from '../components/use-action.ts';
import { useWords } from '../i18n/preferences.tsx';
import { doorWords } from './door-words.ts';

/** With a password, or through an identity provider, which sends the browser back here. */
export function SignInPage() {
  const t = useWords(doorWords);
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const goOn = () => void navigate({ href: next ?? '/overview' });
  const signIn = useAction(
    ({ email = '', password = '' }: Record<string, string>) => session.signIn(email, password),
    [],
    goOn,
  );
  const methods = useQuery(methodsQuery).data;
  return (
    <Door title={t('signIn')}>
      <CameBack onDone={goOn} />
      <form className="stack" onSubmit={(event) => signIn.mutate(readForm(event))}>
        <TextField label={t('email')} name="email" type="email" autoComplete="username" required autoFocus />
        <TextField label={t('password')} name="password" type="password" autoComplete="current-password" required />
        <Problem error={signIn.error} isAction />
        <button type="submit" className="button primary" disabled={signIn.isPending}>
          {t('signIn')}
        </button>
      </form>
      {methods?.providers.map(({ name, label, startUrl }) => (
        <a key={name} className="button" href={`${startUrl}?${new URLSearchParams({ return_to: returnPath(next) })}`}>
          {t('signInWith', { provider: label })}
        </a>
      ))}
      <p className="row spread">
        {methods?.sendsMails === false ? null : <Link to="/reset-password">{t('forgot')}</Link>}
        {methods?.signUp === 'open' || methods?.signUp === 'domains' ? (
          <Link to="/register">{t('register')}</Link>
        ) : null}
      </p>
    </Door>
  );
}

const returnPath = (next: string | undefined): string =>
  next === undefined ? '/sign-in' : `/sign-in?${new URLSearchParams({ next })}`;

/** What an identity provider sent the browser back with. */
function CameBack({ onDone }: { onDone: () => void }) {
  const t = useWords(doorWords);
  const found = useRef(new URLSearchParams(window.location.hash.slice(1)));
  const code = found.current.get('sso_code');
  const failure = found.current.get('sso_error');
  const { mutate, error } = useAction((value: string) => session.signInWithCode(value), [], onDone);
  const hasBegun = useRef(false);
  useEffect(() => {
    if (code === null || hasBegun.current) return;
    hasBegun.current = true;
    // The code works once: it must not stay in the history.
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
    mutate(code);
  }, [code, mutate]);
  if (failure !== null) {
    return (
      <p className="note-box bad" role="alert">
        {t('ssoFailed')} <code>{failure}</code>
      </p>
    );
  }
  return <Problem error={error} isAction />;
}
