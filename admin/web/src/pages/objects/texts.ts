import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "More objects",
    description: "What programs and flows are made with.",
  },
  {
    title: "Autres objets",
    description: "Ce dont les programmes et les scénarios sont faits.",
  },
);
