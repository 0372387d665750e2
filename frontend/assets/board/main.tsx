// The entry of the board's page: reads what the page says, starts the client, and shows it.
import { render } from "preact";
import { effect } from "@preact/signals";

import { announce, type Verbosity } from "./announcing";
import { App } from "./app";
import { watchKeyboard } from "./composer";
import { watchDrag } from "./drag";
import { watchRecent } from "./facilitator";
import { watchSteps } from "./facilitating";
import { afterChange, watchFocus } from "./focusing";
import { watchKeys } from "./keys";
import { begin, following, seen, show, textSize, verbosity, type PageConfig } from "./room";
import { bindSettings } from "./settings";
import { createStore } from "./store";
import { watchTime } from "./stages";
import { speak } from "./words";

const SEEN = "gt-board-seen-";

function start(board: HTMLElement, config: PageConfig): void {
  speak(config.words, document.documentElement.lang);
  const store = createStore(config);
  const voice = announce(store, document.getElementById("board-status")!, document.getElementById("board-alert")!);
  begin(store, config, voice);
  effect(() => void (voice.verbosity = verbosity.value as Verbosity));
  effect(() => void (document.documentElement.dataset["textSize"] = textSize.value));
  rememberSeen(SEEN + config.board);

  board.textContent = "";
  render(<App />, board);
  watchFocus(board);
  watchKeys(board);
  watchDrag(board);
  watchKeyboard();
  watchRecent();
  watchTime();
  watchSteps();
  bindSettings();
  // After every change of the board, once it is drawn, the keyboard goes back to what it was on.
  effect(() => {
    if (store.things.value) requestAnimationFrame(afterChange);
  });
  store.onEvent((event) => {
    if (event.is !== "remote" || !following.value || event.op.by !== following.value) return;
    const first = Object.keys(event.op.set ?? {})[0];
    // The view follows, the keyboard never does; and not while somebody types.
    if (first && !document.activeElement?.matches("input, textarea")) requestAnimationFrame(() => show(first));
  });
  void store.start();
}

function rememberSeen(key: string): void {
  try {
    seen.value = new Set(JSON.parse(localStorage.getItem(key) ?? "[]") as string[]);
    seen.subscribe((ids) => localStorage.setItem(key, JSON.stringify([...ids])));
  } catch {
    // Without storage it is remembered until the page is left.
  }
}

const board = document.getElementById("board");
const config = document.getElementById("board-config");
if (board && config) start(board, JSON.parse(config.textContent ?? "") as PageConfig);
