// Browsers name each other in what they call themselves: the first that is found is the one.
const browsers: [RegExp, string][] = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|HeadlessChrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

const firstOf = (names: [RegExp, string][], agent: string) => names.find(([pattern]) => pattern.test(agent))?.[1];

/** browserOf is the name of a browser, of what it calls itself. */
export const browserOf = (agent: string): string | undefined => firstOf(browsers, agent);

/** systemOf is what the browser runs on. */
export const systemOf = (agent: string): string | undefined => firstOf(systems, agent);

/** isPhone tells whether it is carried in a pocket. */
export const isPhone = (agent: string): boolean => /iPhone|Android.*Mobile/.test(agent);
