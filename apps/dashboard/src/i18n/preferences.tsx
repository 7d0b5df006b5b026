import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { type Language, languages, type Translate, translate, type Words } from './words.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

const languageKey = 'aggregator.language';
const themeKey = 'aggregator.theme';

const Context = createContext<Preferences | null>(null);

function readLanguage(): Language {
  const wanted = localStorage.getItem(languageKey) ?? navigator.language.slice(0, 2);
  return languages.find((language) => language === wanted) ?? 'en';
}

const readTheme = (): Theme => themes.find((theme) => theme === localStorage.getItem(themeKey)) ?? 'system';

export function PreferencesProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(readLanguage);
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(languageKey, language);
  }, [language]);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    localStorage.setItem(themeKey, theme);
  }, [theme]);
  const value = useMemo(() => ({ language, theme, setLanguage, setTheme }), [language, theme]);
  return <Context value={value}>{children}</Context>;
}

export function usePreferences(): Preferences {
  const preferences = useContext(Context);
  if (preferences === null) throw new Error('PreferencesProvider is missing');
  return preferences;
}

/** Returns the translation of a page's words into the language of the person. */
export function useWords<Table extends Words>(words: Table): Translate<Table> {
  const { language } = usePreferences();
  return useMemo(
    () => (key, values) => {
      const pair = words[key];
      return pair === undefined ? key : translate(pair, language, values);
    },
    [words, language],
  );
}
