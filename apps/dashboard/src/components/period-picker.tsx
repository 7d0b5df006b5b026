import { type Period, periods } from '../api/usage.ts';
import { useWords } from '../i18n/preferences.tsx';
import { periodWords } from './period-words.ts';

export function PeriodPicker({ value, onChange }: { value: Period; onChange: (period: Period) => void }) {
  const t = useWords(periodWords);
  return (
    <fieldset className="segments">
      <legend className="hidden-visually">{t('label')}</legend>
      {periods.map((period) => (
        <label key={period}>
          <input
            type="radio"
            name="period"
            className="hidden-visually"
            checked={period === value}
            onChange={() => onChange(period)}
          />
          <span>{t(period)}</span>
        </label>
      ))}
    </fieldset>
  );
}
