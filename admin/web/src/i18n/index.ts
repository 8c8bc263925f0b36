export { defineTexts, plural, type Texts } from "./texts";
export { I18nProvider, useLanguage, useTexts, languages, type Language } from "./language";
export { useFormat } from "./format";
export { common } from "./common";
