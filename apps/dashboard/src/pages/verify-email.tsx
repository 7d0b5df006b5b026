import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { send } from '../api/http.ts';
import { Door } from '../components/door.tsx';
import { Problem } from '../components/problem.tsx';
import { useAction } from '../components/use-action.ts';
import { useWords } from '../i18n/preferences.tsx';
import { doorWords } from './door-words.ts';
import { readLinkToken } from './link-token.ts';

export function VerifyEmailPage() {
  const t = useWords(doorWords);
  const token = readLinkToken(window.location.hash);
  const { mutate, error, isSuccess } = useAction((value: string) =>
    send('POST', '/v1/auth/email/verify', { body: { token: value } }),
  );
  const hasBegun = useRef(false);
  useEffect(() => {
    if (token === null || hasBegun.current) return;
    hasBegun.current = true;
    mutate(token);
  }, [token, mutate]);
  const text = token === null ? t('noToken') : isSuccess ? t('verified') : t('verifying');
  return (
    <Door title={t('verifyTitle')}>
      {error === null ? <p role="status">{text}</p> : <Problem error={error} isAction />}
      <Link to="/sign-in">{t('signIn')}</Link>
    </Door>
  );
}
