// What the view shares: the store, the page's settings, and what is only on this screen – which dialog is open, where
// the keyboard is, what is being carried. Nothing here is sent to anybody.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import type { Announcer } from "./announcing";
import type { Config, Item, Store } from "./interface";
import type { Kind, Stage } from "./protocol";
import { type About, say } from "./words";

/** When a kind is possible, as in the engine's table: bits are stages, "o" those in which only what is one's own. */
export interface Right {
  p?: number;
  o?: number;
  f?: number;
  locked?: boolean;
  limited?: boolean;
  undo?: boolean;
}

export interface PageConfig extends Config {
  title: string;
  effects: string;
  rights: Partial<Record<Kind, Right>>;
  /** Planned minutes by stage. */
  plan: Partial<Record<Stage, number>>;
  links: { join: string; feedback?: string; report?: string };
}

type Kinds = "text" | "area" | "select" | "radios" | "checks" | "number" | "date";

export interface Option {
  value: string;
  label: string;
  hint?: string | undefined;
}

export interface Field {
  kind: Kinds;
  name: string;
  label: string;
  value: string;
  /** The most characters, or the largest number. */
  most: number;
  required: boolean;
  hint: string;
  options: readonly Option[];
  chosen: readonly string[];
}

const field = (kind: Kinds, name: string, label: string, more: Partial<Field>): Field => ({
  kind, name, label: say(label), value: "", most: 1e6, required: false, hint: "", options: [], chosen: [], ...more,
});
const written =
  (kind: Kinds) =>
  (name: string, label: string, value = "", most = 200, required = false, hint = ""): Field =>
    field(kind, name, label, { value, most, required, hint: hint && say(hint) });

export const textField = written("text");
export const areaField = written("area");
export const numberField = written("number");
export const dateField = written("date");

/** One of several; with "checks", some of several, and ``value`` names those that are chosen, with spaces between. */
export const choiceField = (kind: Kinds, name: string, label: string, options: readonly Option[], value = "", required = false): Field =>
  field(kind, name, label, { options, value, required, chosen: value.split(" ") });

/** Options whose words are the page's own: ``prefix_value``. */
export const words = (prefix: string, ...values: readonly string[]): Option[] => values.map((value) => ({ value, label: say(`${prefix}_${value}`) }));

/** One dialog: fields and a button, or a body of its own. What is typed and not sent is kept under ``keep``. */
export interface Ask {
  title: string;
  intro?: string[] | Promise<string[]>;
  body?: () => ComponentChildren;
  fields?: Field[];
  submit?: string;
  danger?: boolean;
  keep?: string;
  done?: (answers: Answers) => void;
  at?: number;
}

export class Answers {
  constructor(
    private readonly one: Record<string, string>,
    private readonly several: Record<string, string[]>,
  ) {}
  text(name: string): string {
    return this.one[name] ?? "";
  }
  number(name: string): number {
    return Number(this.one[name]);
  }
  many(name: string): string[] {
    return this.several[name] ?? [];
  }
}

/** A place something can be put: behind ``after`` in ``into`` (``null``: first), or together with the note ``beside``. */
export interface Slot {
  column: string;
  into: string;
  after: string | null;
  beside?: string;
}

export const narrow = matchMedia("(max-width: 40.0525em)");
export const coarse = matchMedia("(pointer: coarse)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** A choice that this browser remembers; without storage it lasts until the page is left. */
function remembered(name: string, first: string) {
  const key = `gt-board-${name}`;
  let before = first;
  try {
    before = localStorage.getItem(key) ?? first;
  } catch {
    // Storage is refused here.
  }
  const choice = signal(before);
  choice.subscribe((value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // As above.
    }
  });
  return choice;
}

export let store: Store;
export let page: PageConfig;
let announcer: Announcer;

export const dialog = signal<Ask | null>(null);
export const spots = signal<Readonly<Record<string, string>>>({});
export const carried = signal<{ id: string; slot: Slot | null; by: "key" | "pointer" } | null>(null);
export const writingIn = signal("");
export const inView = signal("");
export const following = signal("");
export const onlyNew = signal(false);
export const seen = signal<ReadonlySet<string>>(new Set());
export const shortcuts = remembered("shortcuts", "on");
export const verbosity = remembered("verbosity", "important");
export const textSize = remembered("text-size", "normal");
export const jump = remembered("jump", "off");
export const enterAdds = remembered("enter", coarse.matches ? "off" : "on");

/** What was typed into a dialog that was closed without sending. */
export const typed = new Map<string, Record<string, string>>();

export const stage: ReadonlySignal<Stage> = computed(() => (store.board.value?.stage ?? 0) as Stage);
export const facilitates = (): boolean => store.role.value === "facilitator";
export const ordered = computed(() => store.columns.value.map((column) => column.id));

export function begin(made: Store, config: PageConfig, voice: Announcer): void {
  store = made;
  page = config;
  announcer = voice;
}

/** Whether this person may do this now, to this. The server decides again; this only spares people the refusal. */
export function may(kind: Kind, thing?: Item): boolean {
  const right = page.rights[kind];
  const board = store.board.value;
  if (!right || !board || store.connection.value === "ended") return false;
  const bit = 1 << (board.stage ?? 0);
  if (facilitates()) return ((right.f ?? 0) & bit) !== 0;
  if (store.role.value !== "participant" || !((right.p ?? 0) & bit)) return false;
  if ((right.o ?? 0) & bit && thing && !thing.mine) return false;
  if (board.locked && right.locked) return false;
  return !(right.limited && board.grouping === "facilitator" && (board.stage ?? 0) >= 3);
}

export function find(id: string | undefined): Item | undefined {
  const thing = id ? store.things.value.get(id) : undefined;
  return thing && !thing.deleted ? thing : undefined;
}

export const columnOf = (item: Item): string => store.columnOf(item.id)?.id ?? "";

/** Everything of a column in reading order: its items, and after each group the notes in it. */
export function row(column: string): Item[] {
  return store.childrenOf(column).value.flatMap((item) =>
    item.type === "group" ? [item, ...store.childrenOf(item.id).value] : [item],
  );
}

/** What a thing is called in a sentence: its words, shortened. */
export function called(item: Item | undefined): string {
  const words = (item?.title || item?.text || item?.what || "").replace(/\s+/g, " ");
  if (words) return words.length > 60 ? `${words.slice(0, 57).trimEnd()}…` : words;
  if (item?.erased) return say("erased");
  return item?.type === "group" ? say("group_untitled") : "";
}

/** Where the keyboard stands in a column: where it was last, else on its first item. */
export function stop(column: string): string {
  const known = (stops[column] ??= computed(() => {
    const items = row(column);
    const last = spots.value[column];
    return items.some((item) => item.id === last) ? last! : (items[0]?.id ?? "");
  }));
  return known.value;
}
const stops: Record<string, ReadonlySignal<string>> = {};

export const elementOf = (id: string): HTMLElement | null => document.getElementById(`at-${id}`);

/** Move the keyboard to something: after its own act only, never because of somebody else's. */
export function focus(id: string): void {
  const item = find(id);
  if (item && item.type !== "column") spots.value = { ...spots.value, [columnOf(item)]: id };
  requestAnimationFrame(() => elementOf(id)?.focus());
}

export function show(id: string): void {
  elementOf(id)?.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "center", inline: "start" });
}

export const motionAllowed = (): boolean => !calm.matches;

let asked = 0;

/** Open a dialog, numbered, so that the same one asked for again begins anew. */
export function ask(made: Ask): void {
  dialog.value = { ...made, at: ++asked };
}

/** Say something beside the board's own sentences: what the keyboard is doing. */
export function tell(key: string, about?: About): void {
  announcer.say(say(key, about));
}
