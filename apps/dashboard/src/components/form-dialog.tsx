import type { ReactNode } from 'react';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';
import { Dialog } from './dialog.tsx';
import { readForm } from './door.tsx';
import { Problem } from './problem.tsx';

/** A dialog with a form: its fields, and buttons to cancel and to submit. */
export function FormDialog({
  title,
  action,
  work,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  /** Word of the button that submits. */
  action: string;
  work: { isPending: boolean; error: unknown };
  onSubmit: (form: Record<string, string>) => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const t = useWords(general);
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => onSubmit(readForm(event))}>
        {children}
        <Problem error={work.error} isAction />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {t('cancel')}
          </button>
          <button type="submit" className="button primary" disabled={work.isPending}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
