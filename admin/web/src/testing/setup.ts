import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// What jsdom lacks and components ask for.
window.matchMedia ??= (query: string) => ({
  matches: false, media: query, onchange: null,
  addListener: () => undefined, removeListener: () => undefined,
  addEventListener: () => undefined, removeEventListener: () => undefined, dispatchEvent: () => false,
});
window.ResizeObserver ??= class {
  observe() { /* nothing changes its size */ }
  unobserve() { /* likewise */ }
  disconnect() { /* likewise */ }
};
Object.defineProperty(document, "fonts", { value: { addEventListener: () => undefined, removeEventListener: () => undefined } });

if (!("fonts" in document)) Object.defineProperty(document, "fonts", { value: new EventTarget() });
Blob.prototype.text ??= function text(this: Blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => { resolve(reader.result as string); };
    reader.readAsText(this);
  });
};

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
