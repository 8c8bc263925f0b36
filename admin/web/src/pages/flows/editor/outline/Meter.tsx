import { useLanguage, useTexts } from "../../../../i18n";
import { priceOf } from "../../../../i18n/money";
import { useNames, type Sized } from "../context";
import classes from "../editor.module.css";
import { assumed, capacity, gsm, segmentsFor, sizeOf } from "../model/gsm";
import { texts } from "../texts";

/** most is what a text takes at most, as far as can be told before it is measured. */
const most = (text: string) => sizeOf(text).characters + assumed(text);

/** Meter tells what a text takes: at worst if it was checked, at least otherwise. */
export function Meter({ text, sized }: { text: string; sized: Sized | undefined }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const { price } = useNames();
  const now = sizeOf(text);
  const measured = sized?.text === text;
  const odd = now.odd ?? (measured ? sized.size.odd : undefined);
  const coding = odd ? "UCS-2" : gsm;
  // While the check is under way, its answer is carried on by what was typed since.
  const characters = sized ? Math.max(now.characters, sized.size.characters + most(text) - most(sized.text)) : now.characters;
  const segments = measured ? sized.size.segments : segmentsFor(characters, coding);
  const without = (measured ? sized.size.without : undefined) ?? segmentsFor(characters, gsm);
  const variable = text.includes("{{");
  return (
    <div className={classes.meter} data-odd={odd ? true : undefined}>
      <span title={sized ? t.worst : t.atLeast}>
        {sized ? (measured ? "" : "≈ ") : variable ? "≥ " : ""}
        {characters}/{capacity(segments, coding)} · {t.segments(segments)}
        {price && ` · ${priceOf(price.amount * segments, price.currency, language)}`}
      </span>
      {odd && <span className={classes.odd}>{t.odd(odd, segments, without)}</span>}
    </div>
  );
}
