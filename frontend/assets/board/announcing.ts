// Events of the board as sentences for people who listen instead of looking. Others' doings are gathered, so that a
// busy room does not drown out one's own.
import { effect } from "@preact/signals";

import type { BoardEvent, Item, Store } from "./interface";
import { say as word, type About } from "./words";

/** Quiet: one's own doings, and what must not be missed. Important: what others wrote, too. Everything: who comes. */
export type Verbosity = "quiet" | "important" | "everything";

export interface Announcer {
  verbosity: Verbosity;
  /** Say something at once; `urgent` interrupts. */
  say(sentence: string, urgent?: boolean): void;
  stop(): void;
}

const WHOLE = /^(stage|timer|lock|spotlight|reveal)/;
const SHORT: Partial<Record<string, string>> = {
  ungroup: "ungrouped",
  restore: "restored",
  "comment.add": "commented",
  react: "reacted",
  "action.propose": "proposed",
  "action.claim": "claimed",
  undo: "undone",
  redo: "redone",
};
const OTHERS = 5000;
const PEOPLE = 10_000;
const STANDS = 20_000; // how long it can be read
const TOGETHER = 150; // what is said within this is one announcement

/** Writes into the page's one role=status and one role=alert, which are in the first HTML. Never moves the focus. */
export function announce(store: Store, status: HTMLElement, alert: HTMLElement): Announcer {
  const said = (key: string, about?: About) => word(`say_${key}`, about);
  const counted = (key: string, n: number, about?: About) => said(key, { ...about, n });
  const timers: Record<string, ReturnType<typeof setTimeout> | undefined> = {};
  const once = (name: string, wait: number, doing: () => void) => {
    timers[name] ??= setTimeout(() => {
      timers[name] = undefined;
      doing();
    }, wait);
  };

  const piles = new Map<HTMLElement, string[]>();
  function say(sentence: string, urgent = false) {
    const place = urgent ? alert : status;
    if (!sentence) return;
    if (!piles.get(place)?.push(sentence)) piles.set(place, [sentence]);
    const name = urgent ? "alert" : "status";
    once(name, TOGETHER, () => {
      const text = piles.get(place)!.join(" ");
      piles.delete(place);
      // The same words again are only heard if something changed.
      place.textContent = place.textContent === text ? `${text}\u00a0` : text;
      // What was said is not left standing beside what is said later, as if it still held.
      clearTimeout(timers[`${name} gone`]);
      timers[`${name} gone`] = setTimeout(() => (place.textContent = ""), STANDS);
    });
  }
  const heard = (least: Verbosity) => announcer.verbosity === "everything" || announcer.verbosity === least;

  function title(item: Item | undefined) {
    const text = item?.title ?? item?.text ?? item?.what ?? said("untitled");
    return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  }

  function own({ kind, target, props }: BoardEvent & { is: "own" }): string {
    const item = store.things.value.get(target);
    const into = store.things.value.get((props["into"] as string | undefined) ?? target);
    const notes = store.childrenOf(into?.id ?? "").value;
    if (kind === "group.make" || kind === "group.join") {
      const other = notes.find((note) => !(props["notes"] as string[]).includes(note.id)) ?? notes[0];
      return counted("grouped", notes.length, { title: title(into?.title ? into : other) });
    }
    switch (kind) {
      case "note.add":
      case "paper.add":
      case "note.move":
      case "group.move": {
        if (into?.type === "group") return counted("grouped", notes.length, { title: title(into) });
        const row = store.childrenOf(item?.in ?? "").value;
        const place = { place: row.findIndex((it) => it.id === target) + 1, all: row.length };
        return said(kind.endsWith("add") ? "note_added" : "moved", { column: title(store.columnOf(target)), ...place });
      }
      case "vote":
      case "unvote": {
        const values = { left: store.votesLeft.value, budget: store.board.value?.budget ?? 0 };
        return said(kind === "vote" ? "voted" : "unvoted", values);
      }
    }
    const short = SHORT[kind] ?? (kind.endsWith(".delete") ? "deleted" : "saved");
    // Of what is done to the whole board there is an event of its own.
    return WHOLE.test(kind) ? "" : said(short);
  }

  // What others did, gathered.
  let columns = new Map<string, number>();
  let sums = { comments: 0, actions: 0, changes: 0 };
  function others({ op, fresh }: BoardEvent & { is: "remote" }) {
    const notes = fresh.filter((item) => item.type === "note");
    for (const note of notes) {
      const column = title(store.columnOf(note.id));
      columns.set(column, (columns.get(column) ?? 0) + 1);
    }
    if (op.kind === "comment.add") sums.comments++;
    else if (op.kind === "action.propose") sums.actions++;
    else if (!notes.length && !WHOLE.test(op.kind) && !op.kind.endsWith("vote")) sums.changes++;
    once("others", OTHERS, () => {
      const all = [...columns.values()].reduce((sum, n) => sum + n, 0);
      const where = [...columns].map(([column, n]) => said("in_column", { n, column })).join(", ");
      if (heard("important")) {
        if (all) say(counted("new_notes", all, { where }));
        if (sums.comments) say(counted("new_comments", sums.comments));
        if (sums.actions) say(counted("new_actions", sums.actions));
        if (sums.changes && heard("everything")) say(counted("changes", sums.changes));
      }
      columns = new Map();
      sums = { comments: 0, actions: 0, changes: 0 };
    });
  }

  // Who came and went, gathered.
  let before = 0;
  const came = new Map<string, string>();
  const went = new Map<string, string>();
  function people({ joined, left }: BoardEvent & { is: "presence" }) {
    // Who went and came back within this was never away.
    for (const { key, name } of joined) if (!went.delete(key)) came.set(key, name);
    for (const { key, name } of left) if (!came.delete(key)) went.set(key, name);
    const named = (key: string, many: string, who: Map<string, string>, n: number) => {
      const names = [...who.values()];
      if (names.length && names.length < 4) say(said(key, { names: names.join(", "), here: store.here.value }));
      else if (n > 0) say(counted(many, n, { here: store.here.value }));
    };
    once("people", PEOPLE, () => {
      if (heard("everything")) {
        named("joined", "came", came, came.size || store.here.value - before);
        named("left", "went", went, went.size || before - store.here.value);
      }
      before = store.here.value;
      came.clear();
      went.clear();
    });
  }

  let offline = false;
  let kept = 0;
  function connection({ state, kept: waiting }: BoardEvent & { is: "connection" }) {
    if (state === "offline") {
      if (!offline) say(said("offline"), true);
      offline = true;
    } else if (state === "ended") say(store.ended.value?.sentence ?? "", true);
    else if (state !== "connecting" && offline) {
      offline = false;
      alert.textContent = "";
      kept = waiting;
      if (!kept) say(said("online"));
    }
  }

  const announcer: Announcer = {
    verbosity: "important",
    say,
    stop() {
      stops.forEach((stop) => stop());
      Object.values(timers).forEach(clearTimeout);
    },
  };
  const stops = [
    store.onEvent((event) => {
      if (event.is === "own") say(own(event));
      else if (event.is === "refused") say(`${event.answer.sentence} ${event.draft ? said("drafted") : ""}`.trim(), true);
      else if (event.is === "remote") others(event);
      else if (event.is === "presence") people(event);
      else if (event.is === "connection") connection(event);
      else if (event.is === "stage") say(said("stage", { stage: event.to, name: word(`stage_${event.to}`) }), true);
      else if (event.is === "visible") say(said("visible"), true);
      else if (event.is === "rights") say(said(event.locked ? "locked" : "unlocked"), true);
      else if (event.is === "role") say(said(`role_${event.role}`), true);
      else if (event.is === "spotlight") {
        if (event.on && heard("important")) say(said("spotlight", { title: title(store.things.value.get(event.on)) }));
      } else if (!event.left) say(said("time_up"), true);
      else if (heard("important")) {
        say(event.left < 60 ? said("left_seconds", { n: event.left }) : counted("left_minutes", event.left / 60));
      }
    }),
    effect(() => {
      if (store.waiting.value || !kept) return;
      say(counted("sent", kept));
      kept = 0;
    }),
    // A timer is told when it starts, not when somebody comes to it.
    (() => {
      let was: number | undefined | null = null;
      return effect(() => {
        const board = store.board.value;
        const ends = board?.timer?.ends;
        if (board && was !== null && ends && ends !== was && heard("important")) {
          say(counted("minutes", Math.max(1, Math.round((ends - store.now()) / 60_000))));
        }
        if (board) was = ends;
      });
    })(),
  ];
  before = store.here.peek();
  return announcer;
}
