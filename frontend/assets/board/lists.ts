// Lists and numbers that the view reads off the picture, each a signal that changes only when what it says does.
import { computed, type ReadonlySignal } from "@preact/signals";

import type { Item, Totals } from "./interface";
import { byNumber, byOrder, tellsTotals } from "./picture";

type Items = readonly Item[];
const NONE: Items = [];

/** One of each name, made when it is first asked for. */
export function family<T>(make: (name: string) => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name)!;
  };
}

/** The same list again as long as the same items are in it. */
function list(read: () => Items): ReadonlySignal<Items> {
  let last: Items = NONE;
  return computed(() => {
    const next = read();
    if (next.length !== last.length || next.some((item, at) => item !== last[at])) last = next;
    return last;
  });
}

export function createLists(things: ReadonlySignal<ReadonlyMap<string, Item>>) {
  const rows = computed(() => {
    const found = new Map<string, Item[]>();
    for (const item of things.value.values()) {
      const row = item.deleted ? (item.with ? "" : "bin") : item.in ? `in ${item.in}` : item.on ? `on ${item.on}` : item.type;
      if (!found.get(row)?.push(item)) found.set(row, [item]);
    }
    for (const [row, items] of found) {
      items.sort(row.startsWith("in ") ? byOrder : row === "bin" ? (a, b) => b.deleted! - a.deleted! : byNumber);
    }
    return found;
  });
  const row = family((name) => list(() => rows.value.get(name) ?? NONE));
  const thing = family((id) => computed(() => things.value.get(id)));
  const board = thing("board");

  return {
    board,
    thing,
    columns: row("in board"),
    childrenOf: (id: string) => row(`in ${id}`),
    commentsOn: (id: string) => row(`on ${id}`),
    actions: row("action"),
    bin: row("bin"),
    totals(id: string): Totals {
      const items = [thing(id).value, ...row(`in ${id}`).value];
      const sum = (key: "votes" | "room" | "my_votes") => items.reduce((all, item) => all + (item?.[key] ?? 0), 0);
      return { votes: tellsTotals(board.value) ? sum("votes") : undefined, room: sum("room"), mine: sum("my_votes") };
    },
    votesLeft: computed(() => {
      let left = board.value?.budget ?? 0;
      for (const item of things.value.values()) left -= item.my_votes ?? 0;
      return left;
    }),
    columnOf(id: string): Item | undefined {
      let item = things.value.get(id);
      while (item && item.type !== "column") item = things.value.get(item.in ?? item.on ?? "");
      return item;
    },
  };
}
