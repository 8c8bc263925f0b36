import { Button } from "@mantine/core";

import { useTexts } from "../../../../i18n";
import { useEditing, useNames } from "../context";
import classes from "../editor.module.css";
import { setText, splitText } from "../model/edits";
import type { Say } from "../model/flow";
import { texts } from "../texts";
import { TextBox } from "./TextBox";

interface TextsProps {
  say: Say;
  /** Of what: the question, a reminder. */
  label: string;
  short?: boolean;
}

/** Texts are a text in all languages, side by side. */
export function Texts({ say, label, short = false }: TextsProps) {
  const t = useTexts(texts);
  const { edit, readOnly } = useEditing();
  const { languages } = useNames();
  if (say.all !== undefined) {
    return (
      <div className={classes.texts}>
        <div className={classes.language}>
          {!short && languages.length > 1 && (
            <div className={classes.languageName}>
              {t.allLanguages}
              {!readOnly && (
                <Button size="compact-xs" variant="subtle" onClick={() => { edit(splitText(say.path, languages)); }}>
                  {t.perLanguage}
                </Button>
              )}
            </div>
          )}
          <TextBox path={say.path} language={undefined} value={say.all} label={label} short={short} />
        </div>
      </div>
    );
  }
  const all = [...new Set([...languages, ...Object.keys(say.byLanguage)])];
  return (
    <div className={classes.texts} data-short={short || undefined}>
      {all.map((language) => {
        const value = say.byLanguage[language];
        return (
          <div key={language} className={classes.language}>
            <div className={classes.languageName}>{language}</div>
            {value === undefined ? (
              <Button size="compact-xs" variant="light" color="orange" disabled={readOnly} onClick={() => { edit(setText(say.path, language, "")); }}>
                {t.addLanguageText(language)}
              </Button>
            ) : (
              <TextBox path={say.path} language={language} value={value} label={t.textIn(label, language)} short={short} />
            )}
          </div>
        );
      })}
    </div>
  );
}
