import { applied, endOf, parseTree, quoted, rewritten, valueOf } from "./yaml";

/** The name of a flow, as the API wants it. */
export const namePattern = /^[a-z][a-z0-9.-]*$/;
export const longestName = 60;

/** The languages whose words the engine knows. */
export const knownLanguages = ["en", "fr", "de", "es", "it", "nl", "pl", "pt", "ro"];

const hello: Record<string, [question: string, yes: string]> = {
  en: ["Hello! Shall we go on? Reply YES or NO.", "Thank you!"],
  fr: ["Bonjour ! On continue ? Répondez OUI ou NON.", "Merci !"],
};

/** blank is the smallest flow that asks something. Languages that it does not speak get English to translate. */
export function blank(name: string, title: string, languages: string[]): string {
  const say = (i: 0 | 1) => languages.map((language) => `      ${language}: ${quoted((hello[language] ?? hello["en"])?.[i] ?? "")}`).join("\n");
  return `flow: ${name}
${title ? `title: ${quoted(title)}\n` : ""}languages: [${languages.join(", ")}]
start: hello
states:
  hello:
    say:
${say(0)}
    replies:
      - {is: yes, go: thanks}
      - {is: no, end: declined}
    timeout: {after: 12h, end: expired}
  thanks:
    say:
${say(1)}
    end: completed
`;
}

/** fromTemplate is a template under another name, and in the languages wanted. */
export function fromTemplate(template: string, name: string, title: string, languages: string[]): string {
  let text = named(template, name);
  if (title) text = withKey(text, "title", quoted(title));
  return withLanguages(text, languages);
}

/** withLanguages sets the languages of a flow; its texts are left as they are. */
export const withLanguages = (text: string, languages: string[]): string => withKey(text, "languages", `[${languages.join(", ")}]`);

/** withKey sets a key of the flow; a new one stands behind its name and title. */
function withKey(text: string, key: string, value: string): string {
  const tree = parseTree(text);
  const top = tree.doc.contents;
  const node = valueOf(top, key);
  if (node) return applied(text, [rewritten(tree, node, value)]);
  const head = valueOf(top, "title") ?? valueOf(top, "flow");
  const end = head ? text.indexOf("\n", endOf(tree, head)) : -1;
  return end < 0 ? text : applied(text, [{ from: end, to: end, insert: `\n${key}: ${value}` }]);
}

/** named gives a flow another name. */
function named(text: string, name: string): string {
  const tree = parseTree(text);
  const node = valueOf(tree.doc.contents, "flow");
  return node ? applied(text, [rewritten(tree, node, name)]) : `flow: ${name}\n${text}`;
}
