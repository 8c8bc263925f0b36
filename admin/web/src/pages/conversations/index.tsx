import { IconMessages } from "@tabler/icons-react";
import { useParams } from "react-router";

import { EmptyState, Page } from "../../components";
import { useTexts } from "../../i18n";
import classes from "./conversations.module.css";
import { texts } from "./texts";
import { Thread } from "./Thread";
import { Threads } from "./Threads";

/** Conversations lists phones by their newest text, and shows what was written with each. */
export default function Conversations() {
  const t = useTexts(texts);
  const [code = "", ref = ""] = (useParams()["*"] ?? "").split("/");
  const open = code !== "" && ref !== "";
  return (
    <Page title={t.title} description={t.description} wide>
      <div className={classes.desk} data-open={open || undefined}>
        <div className={`${classes.panel} ${classes.list}`}>
          <Threads open={`${code}/${ref}`} />
        </div>
        <section className={`${classes.panel} ${classes.talk}`} aria-label={open ? undefined : t.chooseTitle}>
          {open ? (
            <Thread key={`${code}/${ref}`} code={code} phoneRef={ref} />
          ) : (
            <EmptyState icon={<IconMessages size={26} />} title={t.chooseTitle}>
              {t.chooseText}
            </EmptyState>
          )}
        </section>
      </div>
    </Page>
  );
}
