import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, send } from '../api/http.ts';
import { session } from '../api/session.ts';
import { Door, readForm } from '../components/door.tsx';
import { TextField } from '../components/field.tsx';
import { Problem } from '../components/problem.tsx';
import { useAction } from '../components/use-action.ts';
import { usePreferences, useWords } from '../i18n/preferences.tsx';
import { doorWords } from './door-words.ts';

/** Makes an account and signs it in; where addresses are verified first, says so. */
export function RegisterPage() {
  const t = useWords(doorWords);
  const { language } = usePreferences();
  const navigate = useNavigate();
  const [mustVerify, setMustVerify] = useState(false);
  const register = useAction(async ({ organization, ...rest }: Record<string, string>) => {
    const body = { ...rest, language, ...(organization !== '' && { organization }) };
    await send('POST', '/v1/auth/register', { body });
    try {
      await session.signIn(rest.email ?? '', rest.password ?? '');
      await navigate({ href: '/start' });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'email_not_verified') throw error;
      setMustVerify(true);
    }
  });
  return (
    <Door title={t('register')}>
      {mustVerify ? (
        <p className="note-box good" role="status">
          {t('verifyFirst')}
        </p>
      ) : (
        <form className="stack" onSubmit={(event) => register.mutate(readForm(event))}>
          <TextField label={t('yourName')} name="name" autoComplete="name" maxLength={100} required autoFocus />
          <TextField label={t('email')} name="email" type="email" autoComplete="username" required />
          <TextField
            label={t('password')}
            hint={t('passwordHint')}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={10}
            maxLength={256}
            required
          />
          <TextField label={t('organization')} hint={t('organizationHint')} name="organization" maxLength={100} />
          <Problem error={register.error} isAction />
          <button type="submit" className="button primary" disabled={register.isPending}>
            {t('register')}
          </button>
        </form>
      )}
      <p>
        {t('haveAccount')} <Link to="/sign-in">{t('signIn')}</Link>
      </p>
    </Door>
  );
}
