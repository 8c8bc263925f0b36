export { Reasons, Rule } from "./Reasons";
export { explainRule } from "./rules";
export { colorOf, markOf, nameOf } from "./status";
export { ruleTexts, texts as messageTexts } from "./texts";
export { Ticks } from "./Ticks";
