import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "Welcome",
    description: "Make the account of the first owner. Everybody else is invited from there.",
    submit: "Create the account",
    over: "There is an owner already.",
    noToken: "The link is not complete: copy all of it, from http to its end, as the gateway printed it.",
    signIn: "Sign in",
  },
  {
    title: "Bienvenue",
    description: "Créez le compte du premier propriétaire. Il invitera ensuite les autres.",
    submit: "Créer le compte",
    over: "Il y a déjà un propriétaire.",
    noToken: "Le lien est incomplet : copiez-le en entier, de http jusqu’à la fin, tel que la passerelle l’a affiché.",
    signIn: "Se connecter",
  },
);
