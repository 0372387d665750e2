// The server's clock, and the timer that runs by it.
import { effect, type ReadonlySignal } from "@preact/signals";

import type { Item } from "./interface";

export interface Clock {
  now(): number;
  /** What the server's clock showed in a frame that came just now. */
  set(now: number): void;
}

export function createClock(): Clock {
  let ahead: number | undefined;
  return {
    now: () => Date.now() + (ahead ?? 0),
    set(now) {
      // A frame is late, never early: the largest difference is the truest, unless this device's clock was put right.
      const seen = now - Date.now();
      if (ahead === undefined || seen > ahead || seen < ahead - 2000) ahead = seen;
    },
  };
}

const MARKS = [300, 60, 10, 0];

/** Tell when a timer has five minutes, one minute, ten seconds and nothing left; not of marks it began behind. */
export function watchTimer(board: ReadonlySignal<Item | undefined>, now: () => number, tell: (left: number) => void) {
  let ends: number | undefined;
  let alarm: ReturnType<typeof setTimeout> | undefined;
  function next() {
    const left = ends! - now();
    const mark = MARKS.find((each) => each * 1000 < left);
    if (mark === undefined) return;
    // Long waits in steps: a device that slept, or a clock that was put right, is noticed.
    const wait = Math.min(left - mark * 1000, 30_000);
    alarm = setTimeout(() => {
      // A mark that was slept through is not told late.
      const late = mark * 1000 - (ends! - now());
      if (late >= 0 && (late < 5000 || mark === 0)) tell(mark);
      next();
    }, wait);
  }
  const stop = effect(() => {
    const timer = board.value?.timer;
    if (timer?.ends === ends) return;
    clearTimeout(alarm);
    ends = timer?.ends;
    if (timer) next();
  });
  return () => {
    stop();
    clearTimeout(alarm);
  };
}
