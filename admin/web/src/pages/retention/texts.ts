import { defineTexts } from "../../i18n";

export const texts = defineTexts(
  {
    title: "Retention",
    description: "How long messages and conversations are kept.",
    explanation: "What is older is deleted in whole days, within the hour, and cannot be brought back. Days in which something still waits or a conversation is open are kept until that is over.",
    stays: "Consents with their ledger, the suppression list and the audit log stay: they are the proof of what people agreed to and refused.",
    forever: "Keep everything",
    limited: "Delete after a number of days",
    days: "Days",
    daysHint: "35 to 3660. 400 days are a year and a month.",
    since: (when: string) => `Messages from before ${when} have been deleted.`,
    nothing: "Nothing has been deleted yet.",
    sure: "Delete older messages?",
    sureText: (days: number) => `Messages and conversations older than ${days} days will be deleted. This cannot be taken back.`,
    delete: "Delete them",
  },
  {
    title: "Conservation",
    description: "Combien de temps les messages et les conversations sont gardés.",
    explanation: "Ce qui est plus ancien est supprimé par jours entiers, dans l’heure, et ne revient pas. Les jours où quelque chose attend encore, ou dont une conversation est ouverte, restent jusqu’à ce que ce soit fini.",
    stays: "Les consentements et leur registre, la liste d’opposition et le journal d’audit restent : ils prouvent ce que chacun a accepté et refusé.",
    forever: "Tout garder",
    limited: "Supprimer après un nombre de jours",
    days: "Jours",
    daysHint: "De 35 à 3660. 400 jours font un an et un mois.",
    since: (when: string) => `Les messages d’avant le ${when} ont été supprimés.`,
    nothing: "Rien n’a encore été supprimé.",
    sure: "Supprimer les messages plus anciens ?",
    sureText: (days: number) => `Les messages et conversations de plus de ${days} jours seront supprimés. C’est sans retour.`,
    delete: "Les supprimer",
  },
);
