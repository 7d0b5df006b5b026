import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { useWords } from '../../i18n/preferences.tsx';
import { referenceWords } from './reference-words.ts';

/** Every public route, readable without signing in. The renderer is larger than all other pages, so it is loaded here alone. */
export function ReferencePage() {
  const t = useWords(referenceWords);
  const node = useRef<HTMLDivElement>(null);
  const title = t('title');
  useEffect(() => {
    document.title = `${title} · AI Aggregator`;
  }, [title]);
  useEffect(() => {
    void import('./render-reference.ts').then(({ renderReference }) => {
      if (node.current !== null) renderReference(node.current);
    });
  }, []);
  return (
    <main className="reference">
      <header className="reference-head">
        <h1>{title}</h1>
        <a href="/openapi.json">{t('document')}</a>
        <Link to="/overview">{t('back')}</Link>
      </header>
      {/* The renderer has light colours alone. */}
      <div ref={node} className="reference-body" />
    </main>
  );
}
