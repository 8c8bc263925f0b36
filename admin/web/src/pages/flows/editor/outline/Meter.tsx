import { useTexts } from "../../../../i18n";
import type { Sized } from "../context";
import classes from "../editor.module.css";
import { capacity, gsm, segmentsFor, sizeOf } from "../model/gsm";
import { texts } from "../texts";

/** Meter tells what a text takes: at worst if it was checked, at least otherwise. */
export function Meter({ text, sized }: { text: string; sized: Sized | undefined }) {
  const t = useTexts(texts);
  const now = sizeOf(text);
  const odd = now.odd ?? (sized?.text === text ? sized.size.odd : undefined);
  const coding = odd ? "UCS-2" : gsm;
  // While the check is under way, its answer is carried on by what was typed since.
  const characters = sized ? Math.max(now.characters, sized.size.characters + now.characters - sizeOf(sized.text).characters) : now.characters;
  const segments = sized?.text === text ? sized.size.segments : segmentsFor(characters, coding);
  const without = (sized?.text === text ? sized.size.without : undefined) ?? segmentsFor(characters, gsm);
  const variable = text.includes("{{");
  return (
    <div className={classes.meter} data-odd={odd ? true : undefined}>
      <span title={sized ? t.worst : t.atLeast}>
        {!sized && variable ? "≥ " : ""}
        {characters}/{capacity(segments, coding)} · {t.segments(segments)}
      </span>
      {odd && <span className={classes.odd}>{t.odd(odd, segments, without)}</span>}
    </div>
  );
}
