import { ApiError } from '../api/http.ts';
import { general } from '../i18n/general-words.ts';
import { useWords } from '../i18n/preferences.tsx';

/** Why something failed, with the id that support asks for. */
export function Problem({
  error,
  onRetry,
  isAction = false,
}: {
  error: unknown;
  onRetry?: () => void;
  isAction?: boolean;
}) {
  const t = useWords(general);
  if (error === null || error === undefined) return null;
  const known = error instanceof ApiError ? error : null;
  const text = known?.code === 'network' ? t('network') : (known?.message ?? String(error));
  return (
    <div className="note-box bad stack tight" role="alert">
      <p>
        <strong>{t(isAction ? 'refused' : 'failed')}.</strong> {text}
      </p>
      {known?.requestId ? (
        <p>
          {t('requestId')}: <code>{known.requestId}</code>
        </p>
      ) : null}
      {onRetry === undefined ? null : (
        <p>
          <button type="button" className="button small" onClick={onRetry}>
            {t('retry')}
          </button>
        </p>
      )}
    </div>
  );
}
