import type { ReactNode } from 'react';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';
import { Dialog } from './dialog.tsx';
import { Problem } from './problem.tsx';

/** Asks before something that cannot be taken back. */
export function Confirm({
  title,
  action,
  work,
  onClose,
  children,
}: {
  title: string;
  /** Word of the button. */
  action: string;
  work: { mutate: () => void; isPending: boolean; error: unknown };
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useWords(general);
  return (
    <Dialog title={title} isOpen onClose={onClose} isAlert>
      {children}
      <Problem error={work.error} isAction />
      <div className="row end">
        <button type="button" className="button" onClick={onClose}>
          {t('cancel')}
        </button>
        <button type="button" className="button danger" disabled={work.isPending} onClick={work.mutate}>
          {action}
        </button>
      </div>
    </Dialog>
  );
}
