import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { languages, type Language, type Texts } from "./texts";

export { languages, type Language } from "./texts";

const stored = "repartee-language";

interface Choice {
  language: Language;
  setLanguage: (language: Language) => void;
}

const Context = createContext<Choice>({ language: "en", setLanguage: () => undefined });

/** firstLanguage is the chosen one, or the first of the browser's that we have. */
export function firstLanguage(wanted: readonly string[], chosen: string | null): Language {
  const known = [chosen ?? "", ...wanted].map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag in languages);
  return (known as Language | undefined) ?? "en";
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(() => firstLanguage(navigator.languages, localStorage.getItem(stored)));
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choice = useMemo(
    () => ({
      language,
      setLanguage: (next: Language) => {
        localStorage.setItem(stored, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={choice}>{children}</Context>;
}

/** useLanguage is the language of the UI, and how to choose another. */
export const useLanguage = (): Choice => useContext(Context);

/** useTexts gives the texts in the language of the UI. */
export function useTexts<T>(texts: Texts<T>): Texts<T>[Language] {
  return texts[useLanguage().language];
}
