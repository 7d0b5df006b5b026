import type { ReactNode } from 'react';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';
import { CodeBlock } from './code-block.tsx';
import { Dialog } from './dialog.tsx';

/** Shows a secret this one time. */
export function SecretDialog({
  title,
  text,
  secret,
  onClose,
  children,
}: {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
  /** How to use it. */
  children?: ReactNode;
}) {
  const t = useWords(general);
  return (
    <Dialog title={title} isOpen onClose={onClose} isAlert>
      <p className="note-box warn">{text}</p>
      <CodeBlock text={secret} label={title} />
      {children}
      <div className="row end">
        <button type="button" className="button primary" onClick={onClose}>
          {t('close')}
        </button>
      </div>
    </Dialog>
  );
}
