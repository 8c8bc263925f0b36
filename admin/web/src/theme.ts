import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

/** The colour of the product: a calm petrol. */
const petrol: MantineColorsTuple = [
  "#eef7f9", "#dcebef", "#b4d7e0", "#89c1d0", "#66aec2", "#4da0b7", "#338aa3", "#22718a", "#1f5f73", "#15485a",
];

/** The greys of the dark scheme, a little blue. */
const dark: MantineColorsTuple = [
  "#d5dae2", "#b3bbc7", "#98a2b1", "#6a7484", "#3a424f", "#2c333e", "#222831", "#1a1f27", "#14181f", "#0f1217",
];

/** What a dialog is called. */
const title = { fontSize: "1.0625rem", fontWeight: 620 };

export const theme = createTheme({
  primaryColor: "petrol",
  primaryShade: { light: 8, dark: 4 },
  colors: { petrol, dark },
  autoContrast: true,
  luminanceThreshold: 0.36,
  // The resolver knows no scheme and takes the light one's shade for the contrast.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const primary = (input.color ?? input.theme.primaryColor) === input.theme.primaryColor;
    return input.variant === "filled" && primary ? { ...colors, color: "var(--mantine-primary-color-contrast)" } : colors;
  },
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: 'Inter, "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace',
  headings: {
    fontWeight: "620",
    sizes: { h1: { fontSize: "1.5rem", lineHeight: "1.3" }, h2: { fontSize: "1.125rem", lineHeight: "1.4" }, h3: { fontSize: "1rem" } },
  },
  components: {
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4, blur: 2 } }, styles: { title } },
    Drawer: { styles: { title } },
    // The smallest that a finger must hit is 24 px high (WCAG 2.2).
    Button: { styles: { root: { minHeight: 24 } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Card: { defaultProps: { withBorder: true, padding: "lg" } },
    Badge: { defaultProps: { variant: "light", radius: "sm" }, styles: { label: { textTransform: "none", fontWeight: 550 } } },
  },
});

/** Colours of the text and the edges that reach AA on their grounds. */
export const variables: CSSVariablesResolver = () => ({
  variables: { "--mantine-line-height": "1.5" },
  light: {
    "--mantine-color-text": "#1c2430",
    "--mantine-color-dimmed": "#596473",
    "--mantine-color-placeholder": "#6b7583",
    "--mantine-color-error": "#c22525",
    "--mantine-color-anchor": "#1f5f73",
    "--mantine-color-red-light-color": "#a81e1e",
    "--mantine-color-orange-light-color": "#8f3700",
    "--mantine-color-yellow-light-color": "#6f4400",
    "--mantine-color-green-light-color": "#1f6b30",
    "--mantine-color-lime-light-color": "#41680a",
    "--mantine-color-teal-light-color": "#06684a",
    "--mantine-color-cyan-light-color": "#0b5f6f",
    "--mantine-color-default-border": "#dfe3e9",
    "--ground": "#f7f8fa",
    "--panel": "#ffffff",
    "--hover": "#eef1f4",
    "--series-1": "#1f5f73",
    "--series-2": "#c2621b",
  },
  dark: {
    "--mantine-color-text": "#dde2ea",
    "--mantine-color-dimmed": "#98a2b1",
    "--mantine-color-placeholder": "#8791a0",
    "--mantine-color-error": "#ff8f8f",
    "--mantine-color-anchor": "#89c1d0",
    "--mantine-color-body": "#14181f",
    "--mantine-color-default-border": "#2f3742",
    "--ground": "#14181f",
    "--panel": "#1a1f27",
    "--hover": "#242b35",
    "--series-1": "#66aec2",
    "--series-2": "#eba35e",
  },
});
