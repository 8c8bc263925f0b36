import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "Programs",
    description: "Brands and what they say, the numbers that people text, and the places.",
    kinds: "What to show",
  },
  {
    title: "Programmes",
    description: "Les marques et ce qu’elles disent, les numéros auxquels on écrit, et les lieux.",
    kinds: "Que montrer",
  },
);
