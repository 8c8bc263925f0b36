/** niceMax is the end of an axis for values up to max: 1, 2 or 5 times a power of ten, 4 at least. */
export function niceMax(max: number): number {
  if (max <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(max));
  const step = [1, 2, 5, 10].find((n) => max <= n * power) ?? 10;
  return step * power;
}

/** Bar is a rectangle in units of the chart. */
export interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How high and wide the chart is in its own units; what is on the page stretches it. */
export const height = 100;
export const slot = 10;

/** The space between the slots of two minutes, and the least that shows that there was something. */
const gap = 2;
const least = 1.5;

/** bar is the bar of a series in the slot of a minute: two stand side by side. */
export function bar(index: number, series: 0 | 1, value: number, max: number): Bar {
  const width = (slot - gap) / 2;
  const tall = value === 0 ? 0 : Math.max(least, (value / max) * height);
  return { x: index * slot + gap / 2 + series * width, y: height - tall, width, height: tall };
}

/** share is part of whole in percent; undefined when there is no whole. */
export const share = (part: number, whole: number): number | undefined => (whole > 0 ? (part / whole) * 100 : undefined);
