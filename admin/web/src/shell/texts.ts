import { defineTexts } from "../i18n";

export const texts = defineTexts(
  {
    skip: "Skip to the content",
    navigation: "Main navigation",
    openMenu: "Open the menu",
    closeMenu: "Close the menu",
    account: "Account",
    theme: "Theme",
    language: "Language",
    signOut: "Sign out",
    version: (version: string) => `Version ${version}`,
    schemes: { light: "Light", dark: "Dark", auto: "As the system" },
    sections: { work: "", run: "Running", settings: "Settings" },
  },
  {
    skip: "Aller au contenu",
    navigation: "Navigation principale",
    openMenu: "Ouvrir le menu",
    closeMenu: "Fermer le menu",
    account: "Compte",
    theme: "Thème",
    language: "Langue",
    signOut: "Se déconnecter",
    version: (version: string) => `Version ${version}`,
    schemes: { light: "Clair", dark: "Sombre", auto: "Comme le système" },
    sections: { work: "", run: "Exploitation", settings: "Réglages" },
  },
);
