import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "Choose a password",
    description: "With it and your e-mail address you sign in from now on.",
    submit: "Save and sign in",
    noToken: "The link is not complete: open it again from where you received it, or ask for a new one.",
    nowSignIn: "Your password is set. Sign in with it and the code of your authenticator app.",
    signIn: "Sign in",
  },
  {
    title: "Choisir un mot de passe",
    description: "Avec lui et votre adresse e-mail, vous vous connecterez désormais.",
    submit: "Enregistrer et se connecter",
    noToken: "Le lien est incomplet : rouvrez-le depuis là où vous l’avez reçu, ou demandez-en un nouveau.",
    nowSignIn: "Votre mot de passe est enregistré. Connectez-vous avec lui et le code de votre application d’authentification.",
    signIn: "Se connecter",
  },
);
