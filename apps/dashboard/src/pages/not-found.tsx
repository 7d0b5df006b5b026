import { Link } from '@tanstack/react-router';
import { Door } from '../components/door.tsx';
import { useWords } from '../i18n/preferences.tsx';
import { notFoundWords } from './not-found-words.ts';

export function NotFoundPage() {
  const t = useWords(notFoundWords);
  return (
    <Door title={t('title')}>
      <p>{t('text')}</p>
      <Link to="/overview">{t('back')}</Link>
    </Door>
  );
}
