// The picture of the board: the one rule by which the server's ops make it, and what one's own ops will make of it.
import type { Item } from "./interface";
import type { AskedOp, Thing } from "./protocol";

export type Things = Map<string, Item>;
type Sets = Record<string, Record<string, unknown>>;

/** Take every set into its thing, then forget what is gone. */
export function take(things: Things, set: Sets = {}, gone: readonly string[] = []): void {
  for (const id in set) {
    const thing: Record<string, unknown> = { ...things.get(id), ...set[id], id };
    for (const key in set[id]) if (thing[key] === null) delete thing[key];
    things.set(id, thing as unknown as Item);
  }
  for (const id of gone) things.delete(id);
}

/** As the protocol sorts: by order as text, by code units, then by id. */
export function byOrder(a: Item, b: Item): number {
  const [x, y] = a.order === b.order ? [a.id, b.id] : [a.order ?? "", b.order ?? ""];
  return x < y ? -1 : 1;
}

export const byNumber = (a: Item, b: Item): number => (a.n ?? 0) - (b.n ?? 0);

/** Whether totals of votes are anybody's to know now. */
export const tellsTotals = (board: Thing | undefined): boolean =>
  board?.totals === "shown" || (board?.stage ?? 0) > 4;

/**
 * What an op that waits will make of the picture, as far as this can be known here. It is a guess for the eye alone:
 * the server's own words replace it. What is not guessed (stages, timers, undo) shows when the server has done it.
 */
export function predict(things: Things, op: AskedOp, you: string, now: number): void {
  const { kind, target: id } = op;
  const props = (op.props ?? {}) as Record<string, any>;
  const board = things.get("board");
  const thing = things.get(id);
  const signed = board?.names === "hidden" ? {} : { by: you };

  const put = (id: string, set: Record<string, unknown>) => {
    if (things.has(id)) take(things, { [id]: set });
  };
  const make = (id: string, type: Thing["type"], set: Record<string, unknown>) => {
    if (!things.has(id)) take(things, { [id]: { type, ...set } });
  };
  const row = (container: unknown, but: readonly string[] = []) =>
    [...things.values()].filter((it) => it.in === container && !it.deleted && !but.includes(it.id)).sort(byOrder);
  /** A key behind `after` (null: first; left out or gone: last). "!" and " " sort before all that the server uses. */
  const place = (container: unknown, after?: string | null, moving: readonly string[] = []) => {
    const others = row(container, moving);
    const anchor = after ? things.get(after) : undefined;
    let at = after === null ? 0 : others.length;
    if (anchor && anchor.in === container && !anchor.deleted) {
      const behind = others.findIndex((it) => byOrder(it, anchor) > 0 && it !== anchor);
      at = behind < 0 ? others.length : behind;
    }
    const low = others[at - 1]?.order ?? "";
    const high = others[at]?.order;
    let key = low + "!";
    for (let pad = " "; high !== undefined && key >= high && pad.length < 9; pad += " ") key = low + pad + "!";
    return key;
  };
  const gather = (container: unknown, notes: readonly string[], after?: string) => {
    for (const note of notes) {
      put(note, { in: container, order: place(container, after, [note]) });
      if (after) after = note;
    }
  };
  const bin = (id: string, more: object = {}) => {
    const gone = { deleted: now, ...(signed.by && { deleted_by: you }), my_votes: null, my_mark: null, votes: null };
    put(id, { ...gone, ...more });
    if (board?.spotlight === id) put("board", { spotlight: null });
    for (const it of things.values()) if (it.on === id && !it.deleted) bin(it.id, { with: id });
  };
  const inherit = (old: Item, heir: string) => {
    const to = things.get(heir);
    if (!to) return;
    const sum = (key: "votes" | "my_votes" | "room") => (old[key] ?? 0) + (to[key] ?? 0) || null;
    put(heir, { votes: sum("votes"), my_votes: sum("my_votes"), room: sum("room") });
    if (old.my_mark && !to.my_mark) put(heir, { my_mark: old.my_mark });
    for (const it of things.values()) if (it.on === old.id && !it.deleted) put(it.id, { on: heir });
    put(old.id, { room: null });
  };
  const columnOf = (it: Item) => {
    const container = things.get(it.in ?? "");
    return container?.type === "group" ? container.in : it.in;
  };

  switch (kind) {
    case "note.add":
    case "paper.add":
      make(id, "note", {
        in: props.column,
        order: place(props.column, props.after),
        text: props.text,
        pattern: props.pattern ?? null,
        mine: true,
        shown: (board?.stage ?? 0) > 1 || null,
        ...(signed.by && { at: now }),
        ...(kind === "note.add" ? signed : { paper: true, by: props.for ?? null, name: props.name ?? null }),
      });
      break;
    case "column.add":
      make(id, "column", { in: "board", order: place("board", props.after), title: props.title, prompt: props.prompt ?? null });
      break;
    case "comment.add":
      make(id, "comment", { on: props.on, n: now, text: props.text, at: now, mine: true, ...signed });
      break;
    case "action.propose":
      make(id, "action", { as: "action", n: now, at: now, mine: true, ...signed, ...props });
      break;
    case "note.edit":
    case "column.edit":
    case "comment.edit":
    case "action.edit":
    case "board.edit":
    case "group.name":
    case "settings":
      put(id, props);
      break;
    case "note.move":
    case "group.move":
      put(id, { in: props.into, order: place(props.into, props.after, [id]) });
      break;
    case "column.move":
      put(id, { order: place("board", props.after, [id]) });
      break;
    case "note.delete":
    case "comment.delete":
    case "action.delete":
    case "column.delete":
      bin(id);
      break;
    case "restore":
      put(id, { deleted: null, deleted_by: null, into: null, with: null });
      if (thing?.in) {
        // Where it was; else around that; else in the first column.
        let home = things.get(thing.in);
        if (home?.deleted && home.type === "group") home = things.get(home.in!);
        const into = home && !home.deleted ? home.id : row("board")[0]?.id;
        put(id, { in: into, order: place(into, undefined, [id]) });
      }
      for (const it of things.values()) if (it.with === id) put(it.id, { deleted: null, deleted_by: null, with: null });
      break;
    case "group.make": {
      const first = things.get(props.notes[0]);
      if (!first) break;
      const column = columnOf(first);
      const order = place(column, first.in === column ? first.id : first.in, props.notes);
      make(id, "group", { in: column, order, title: props.title ?? null });
      gather(id, props.notes);
      break;
    }
    case "group.join":
      gather(id, props.notes);
      break;
    case "group.split":
      if (!thing) break;
      make(props.as, "group", { in: thing.in, order: place(thing.in, id), title: props.title ?? null });
      gather(props.as, props.notes);
      break;
    case "ungroup": {
      if (!thing) break;
      const all = row(id).map((it) => it.id);
      const notes: string[] = props.notes ?? all;
      gather(thing.in, notes, id);
      if (notes.length < all.length) break;
      if (notes[0]) inherit(thing, notes[0]);
      bin(id);
      break;
    }
    case "merge":
      if (!thing) break;
      gather(props.into, row(id).map((it) => it.id));
      inherit(thing, props.into);
      bin(id, { into: props.into });
      break;
    case "vote":
    case "unvote": {
      const count = (props.count ?? 1) * (kind === "vote" ? 1 : -1);
      put(id, { my_votes: (thing?.my_votes ?? 0) + count || null });
      if (tellsTotals(board)) put(id, { votes: (thing?.votes ?? 0) + count || null });
      break;
    }
    case "room.votes":
      put(id, { room: props.count || null });
      break;
    case "react": {
      const mark = props.mark === "none" ? null : props.mark;
      if (!thing || mark === thing.my_mark) break;
      if (thing.my_mark) put(id, { [thing.my_mark]: (thing[thing.my_mark] ?? 0) - 1 || null });
      if (mark) put(id, { [mark]: ((thing as any)[mark] ?? 0) + 1 });
      put(id, { my_mark: mark });
      break;
    }
    case "action.claim":
      put(id, { claimed_by: you });
      break;
    case "action.release":
      put(id, { claimed_by: null });
      break;
    case "lock":
      put(id, { locked: props.editing || null });
      break;
    case "spotlight":
      put(id, { spotlight: props.on });
      break;
  }
}
