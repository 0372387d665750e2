// What the board's view is written against: the store's types. createStore in store.ts makes one.
import type { ReadonlySignal, Signal } from "@preact/signals";

import type { Ack, Bye, Counts, Kind, Person, Refusal, Role, Stage, Thing, ToldOp } from "./protocol";

export interface Config {
  /** The board's id. */
  board: string;
  code: string;
  /** Addresses; paths are enough. `socket` may be a path or ws(s)://. */
  socket: string;
  ops: string;
  events: string;
  poll: string;
  /** Django's token, sent with every POST. */
  csrf: string;
  /** Who this page was made for: what is kept on this device is kept for them alone. */
  you: string;
  /** This device's key, where the page has one: the plain pages of the board use the same. Else it makes its own. */
  device?: string;
  role: Role;
  words: Readonly<Record<string, string>>;
}

/** A thing with its id. Never changed: another version of it is another object. */
export type Item = Thing & { readonly id: string };

export type Connection = "connecting" | "live" | "streaming" | "polling" | "offline" | "ended";

/** "sending": on its way. "kept": on this device until there is a connection. */
export type ItemState = "saved" | "sending" | "kept";

/** What became of an act: kept for good, or refused with a sentence. */
export type Answer = Ack | Refusal;

export const refused = (answer: Answer): answer is Refusal => answer.t === "rejected";

/** Text that the server did not take, or that was never sent. It stays until its writer sends or discards it. */
export interface Draft {
  id: string;
  text: string;
  at: number;
  /** What it was to become, and where, if it was refused. */
  kind?: Kind;
  target?: string;
  props?: Record<string, unknown>;
  code?: string;
  sentence?: string;
}

/** Of a note, or of a group with the notes in it. `votes` is undefined where totals are not told. */
export interface Totals {
  votes: number | undefined;
  room: number;
  mine: number;
}

export type BoardEvent =
  | { is: "own"; kind: Kind; target: string; props: Record<string, unknown> }
  | { is: "refused"; answer: Refusal; kind: Kind; target: string; draft?: Draft }
  | { is: "remote"; op: ToldOp; fresh: readonly Item[] }
  /** Notes came to be seen that were not: a reveal. */
  | { is: "visible"; notes: number }
  | { is: "stage"; from: Stage; to: Stage }
  | { is: "timer"; left: number }
  | { is: "connection"; state: Connection; was: Connection; kept: number }
  | { is: "rights"; locked: boolean }
  | { is: "role"; role: Role }
  | { is: "spotlight"; on: string | undefined }
  | { is: "presence"; joined: readonly Person[]; left: readonly Person[]; here: number };

export interface Store {
  readonly config: Config;
  /** Begin: read what this device keeps, connect. Answers once what was kept is there. */
  start(): Promise<void>;
  /** Close everything (tests, leaving the page). What waits is kept. */
  stop(): void;

  /** The picture with one's own changes on top. Until the first picture came, `board` is undefined. */
  readonly board: ReadonlySignal<Item | undefined>;
  readonly things: ReadonlySignal<ReadonlyMap<string, Item>>;
  thing(id: string): ReadonlySignal<Item | undefined>;
  readonly columns: ReadonlySignal<readonly Item[]>;
  /** Groups and notes of a column, notes of a group: in order, without what is deleted. */
  childrenOf(id: string): ReadonlySignal<readonly Item[]>;
  commentsOn(id: string): ReadonlySignal<readonly Item[]>;
  readonly actions: ReadonlySignal<readonly Item[]>;
  /** Newest first. */
  readonly bin: ReadonlySignal<readonly Item[]>;
  totals(id: string): Totals;
  readonly votesLeft: ReadonlySignal<number>;
  /** The column that something stands in, through its group. */
  columnOf(id: string): Item | undefined;

  readonly role: ReadonlySignal<Role>;
  readonly you: ReadonlySignal<string>;
  readonly counts: ReadonlySignal<Counts>;
  /** How many are here. */
  readonly here: ReadonlySignal<number>;
  /** Everybody who was told of by name, by key; empty where names are hidden. */
  readonly everyone: ReadonlySignal<ReadonlyMap<string, Person>>;
  /** The name of a key, or "". */
  people(key: string | undefined): string;

  readonly connection: ReadonlySignal<Connection>;
  readonly ended: ReadonlySignal<Bye | null>;
  /** How many changes wait for an answer. */
  readonly waiting: ReadonlySignal<number>;
  stateOf(id: string): ItemState;
  /** False: this browser keeps nothing when the page closes; say so. (Closing is then asked about by itself.) */
  readonly remembers: ReadonlySignal<boolean>;
  readonly drafts: ReadonlySignal<readonly Draft[]>;
  /** Keep text that is not sent. Without an id a new draft; gives its id. Empty text discards it. */
  saveDraft(text: string, about?: Partial<Draft>): string;
  dropDraft(id: string): void;

  /** Milliseconds since 1970 on the server's clock. */
  now(): number;
  newId(): string;
  /** Ask for a change. It shows at once; the promise is answered when the server has, however long that takes. */
  act(kind: Kind, target: string, props?: Record<string, unknown>): Promise<Answer>;
  undo(): Promise<Answer>;
  redo(): Promise<Answer>;

  /** Pause updates: others' changes wait; one's own, and the board's stage and timer, show as ever. */
  readonly paused: Signal<boolean>;
  readonly changesWaiting: ReadonlySignal<number>;

  onEvent(listener: (event: BoardEvent) => void): () => void;
}
