import { useEffect, useRef } from "react";

/** useChime sounds when a key comes that was not there before, if it is on. The first keys are old news. */
export function useChime(keys: string[] | undefined, on: boolean): void {
  const known = useRef<Set<string>>(undefined);
  useEffect(() => {
    if (!keys) return;
    const before = known.current;
    known.current = new Set(keys);
    if (on && before && keys.some((key) => !before.has(key))) chime();
  }, [keys, on]);
}

/** chime plays two notes. */
export function chime(): void {
  const context = new AudioContext();
  const volume = context.createGain();
  volume.connect(context.destination);
  volume.gain.setValueAtTime(0.25, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.8);
  [660, 880].forEach((frequency, i) => {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(volume);
    note.start(context.currentTime + i * 0.18);
    note.stop(context.currentTime + 0.8);
    if (i === 1) note.onended = () => void context.close();
  });
}
