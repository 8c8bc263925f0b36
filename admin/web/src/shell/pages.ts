import {
  IconAddressBook, IconAntenna, IconBroadcast, IconBuildingStore, IconCalendarOff, IconCashRegister, IconCertificate, IconChefHat, IconClipboardCheck,
  IconDeviceMobileMessage, IconFileCode, IconHeadset, IconHistory, IconHome, IconKey, IconListSearch, IconMessages, IconRoute, IconSettings2,
  IconShieldCheck, IconTag, IconUsers, type Icon,
} from "@tabler/icons-react";
import type { ComponentType } from "react";

import { may } from "../api/session";
import type { Me, Right } from "../api/types";
import type { Language } from "../i18n";

/** The parts of the navigation, from top to bottom. */
export const sections = ["work", "run", "settings"] as const;
export type Section = (typeof sections)[number];

/** Entry is a page in the navigation. Its folder below src/pages is loaded when it is opened. */
export interface Entry {
  section: Section;
  path: string;
  right: Right;
  icon: Icon;
  title: Record<Language, string>;
  load: () => Promise<{ default: ComponentType }>;
  /** Only where the gateway runs with simulated carriers, for those who may see the texts of all programs. */
  demo?: boolean;
}

const page = (section: Section, path: string, right: Right, icon: Icon, en: string, fr: string, load: Entry["load"]): Entry => ({
  section, path, right, icon, title: { en, fr }, load,
});

/** The pages of the navigation: a page more is one line here and its folder. A page has all paths below its own. */
export const pages: Entry[] = [
  page("work", "/home", "read", IconHome, "Home", "Accueil", () => import("../pages/home")),
  page("work", "/conversations", "read", IconMessages, "Conversations", "Conversations", () => import("../pages/conversations")),
  page("work", "/handoffs", "answer", IconHeadset, "Hand-offs", "Relais", () => import("../pages/handoffs")),
  page("work", "/orders", "answer", IconChefHat, "Orders", "Commandes", () => import("../pages/orders")),
  page("work", "/till", "answer", IconCashRegister, "Till", "Caisse", () => import("../pages/till")),
  page("work", "/reviews", "change-people", IconClipboardCheck, "Review tray", "À vérifier", () => import("../pages/reviews")),
  page("work", "/flows", "read", IconRoute, "Flows", "Scénarios", () => import("../pages/flows")),
  page("work", "/keywords", "read", IconTag, "Keywords", "Mots-clés", () => import("../pages/keywords")),
  page("work", "/contacts", "see-phones", IconAddressBook, "Contacts", "Contacts", () => import("../pages/contacts")),
  page("work", "/consent", "change-people", IconShieldCheck, "Consent", "Consentement", () => import("../pages/consent")),
  { ...page("work", "/phones", "send", IconDeviceMobileMessage, "Virtual phones", "Téléphones virtuels", () => import("../pages/phones")), demo: true },
  page("run", "/messages", "read", IconListSearch, "Messages", "Messages", () => import("../pages/messages")),
  page("run", "/programs", "read", IconBuildingStore, "Programs", "Programmes", () => import("../pages/programs")),
  page("run", "/carriers", "read", IconAntenna, "Carriers", "Opérateurs", () => import("../pages/carriers")),
  page("settings", "/settings/people", "administer", IconUsers, "People", "Personnes", () => import("../pages/people")),
  page("settings", "/settings/keys", "administer", IconKey, "API keys", "Clés d’API", () => import("../pages/keys")),
  page("settings", "/settings/webhooks", "operate", IconBroadcast, "Event endpoints", "Destinations d’événements", () => import("../pages/endpoints")),
  page("settings", "/settings/configuration", "operate", IconFileCode, "Configuration", "Configuration", () => import("../pages/configuration")),
  page("settings", "/settings/objects", "read", IconSettings2, "More objects", "Autres objets", () => import("../pages/objects")),
  page("settings", "/settings/retention", "operate", IconCalendarOff, "Retention", "Conservation", () => import("../pages/retention")),
  page("settings", "/settings/audit-pack", "audit", IconCertificate, "Audit pack", "Dossier d’audit", () => import("../pages/auditpack")),
  page("settings", "/settings/audit", "audit", IconHistory, "Audit log", "Journal d’audit", () => import("../pages/audit")),
];

/** pagesFor are the pages that somebody may open. */
export const pagesFor = (me: Me, all: Entry[] = pages): Entry[] => 
  all.filter((entry) => may(me, entry.right) && (!entry.demo || (me.demo === true && me.programs.length === 0)));

/** startOf is where somebody begins: the first page that they may open. */
export const startOf = (me: Me): string => pagesFor(me)[0]?.path ?? "/account";
