import { useState } from 'react';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';

/** Text to copy. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  const t = useWords(general);
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <figure className="code" aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard. */}
      <pre tabIndex={0}>{text}</pre>
      <button type="button" className="button small" onClick={() => void copy().catch(() => setCopied(false))}>
        {isCopied ? t('copied') : t('copy')}
      </button>
      <span className="hidden-visually" role="status">
        {isCopied ? t('copied') : ''}
      </span>
    </figure>
  );
}
