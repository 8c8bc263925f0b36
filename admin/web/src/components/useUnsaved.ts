import { useEffect, useRef } from "react";
import { useBlocker } from "react-router";

import { confirm } from "./confirm";

export interface UnsavedTexts {
  leave: string;
  leaveText: string;
  leaveYes: string;
  leaveNo: string;
}

/**
 * useUnsaved asks before a page with unsaved changes is left. What it returns
 * lets the next step pass: what was saved, or is to be lost, hinders nobody.
 */
export function useUnsaved(dirty: boolean, t: UnsavedTexts): () => void {
  const through = useRef(false);
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && !through.current && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    void confirm({ title: t.leave, text: t.leaveText, confirm: t.leaveYes, cancel: t.leaveNo, danger: true }).then((yes) => {
      if (yes) blocker.proceed();
      else blocker.reset();
    });
  }, [blocker, t]);
  useEffect(() => {
    if (!dirty) return;
    through.current = false;
    const ask = (event: BeforeUnloadEvent) => { event.preventDefault(); };
    window.addEventListener("beforeunload", ask);
    return () => { window.removeEventListener("beforeunload", ask); };
  }, [dirty]);
  return () => { through.current = true; };
}
