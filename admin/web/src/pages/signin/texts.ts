import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "Sign in",
    submit: "Sign in",
    forgotten: "Forgotten your password? An owner can make you a link for a new one.",
    setup: "Nobody owns this gateway yet. Open the link that it printed when it started to make the first account.",
    codeTitle: "Second factor",
    codeHint: "Enter the code that your authenticator app shows, or one of your recovery codes.",
    code: "Code",
    verify: "Continue",
    other: "Sign in as somebody else",
  },
  {
    title: "Connexion",
    submit: "Se connecter",
    forgotten: "Mot de passe oublié ? Un propriétaire peut vous faire un lien pour en choisir un nouveau.",
    setup: "Cette passerelle n’a pas encore de propriétaire. Ouvrez le lien affiché à son démarrage pour créer le premier compte.",
    codeTitle: "Second facteur",
    codeHint: "Saisissez le code de votre application d’authentification, ou l’un de vos codes de secours.",
    code: "Code",
    verify: "Continuer",
    other: "Se connecter avec un autre compte",
  },
);
