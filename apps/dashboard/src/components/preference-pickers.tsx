import { type Theme, themes, usePreferences, useWords } from '../i18n/preferences.tsx';
import type { Language } from '../i18n/words.ts';
import { preferenceWords } from './preference-words.ts';

export function PreferencePickers() {
  const t = useWords(preferenceWords);
  const { language, theme, setLanguage, setTheme } = usePreferences();
  return (
    <>
      <select
        className="preference"
        aria-label={t('language')}
        value={language}
        onChange={(event) => setLanguage(event.target.value as Language)}
      >
        <option value="en">English</option>
        <option value="ru">Русский</option>
      </select>
      <select
        className="preference"
        aria-label={t('theme')}
        value={theme}
        onChange={(event) => setTheme(event.target.value as Theme)}
      >
        {themes.map((name) => (
          <option key={name} value={name}>
            {t(name)}
          </option>
        ))}
      </select>
    </>
  );
}
