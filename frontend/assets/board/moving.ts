// Putting something elsewhere, by keys or by dragging: both choose among the same places and do the same in the end.
import { group, move } from "./asking";
import type { Item } from "./interface";
import { called, carried, columnOf, find, focus, ordered, store, tell, type Slot } from "./room";
import { say } from "./words";

/** The places of a column, from top to bottom: before, within and behind what is there. */
export function slots(column: string, item: Item): Slot[] {
  const list: Slot[] = [{ column, into: column, after: null }];
  for (const other of store.childrenOf(column).value) {
    if (other.id === item.id) continue;
    if (other.type === "group" && item.type === "note") {
      const last = store.childrenOf(other.id).value.filter((note) => note.id !== item.id).at(-1);
      list.push({ column, into: other.id, after: last?.id ?? null });
    }
    list.push({ column, into: column, after: other.id });
  }
  return list;
}

export const same = (one?: Slot | null, other?: Slot | null): boolean =>
  one?.into === other?.into && one?.after === other?.after && one?.beside === other?.beside;

/** Where something stands now, as a place. */
export function placeOf(item: Item): Slot {
  const row = store.childrenOf(item.in ?? "").value;
  const at = row.findIndex((other) => other.id === item.id);
  return { column: columnOf(item), into: item.in ?? "", after: row[at - 1]?.id ?? null };
}

function saidOf(slot: Slot, item: Item): string {
  const column = called(find(slot.column));
  if (slot.beside) return say("carry_beside", { title: called(find(slot.beside)) });
  if (slot.into !== slot.column) return say("carry_group", { title: called(find(slot.into)), column });
  const row = store.childrenOf(slot.column).value.filter((other) => other.id !== item.id);
  const at = slot.after === null ? 0 : row.findIndex((other) => other.id === slot.after) + 1;
  return say("carry_at", { column, place: at + 1, of: row.length + 1 });
}

export function pickUp(item: Item): void {
  carried.value = { id: item.id, slot: placeOf(item), by: "key" };
  tell("carry_begin", { title: called(item) });
}

export function carry(slot: Slot | undefined): void {
  const held = carried.value;
  const item = find(held?.id);
  if (!held || !item || !slot) return;
  carried.value = { ...held, slot };
  tell("carry_to", { place: saidOf(slot, item) });
  requestAnimationFrame(() => document.querySelector(".gt-slot")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
}

export function step(key: string): void {
  const held = carried.value;
  const item = find(held?.id);
  if (!held?.slot || !item) return;
  const here = slots(held.slot.column, item);
  const index = here.findIndex((slot) => same(slot, held.slot));
  const at = index < 0 ? here.findIndex((slot) => slot.into === held.slot!.into) : index;
  if (key === "ArrowUp" || key === "ArrowDown") carry(here[at + (key === "ArrowUp" ? -1 : 1)]);
  else if (key === "Home") carry(here[0]);
  else if (key === "End") carry(here.at(-1));
  else {
    const next = ordered.value[ordered.value.indexOf(held.slot.column) + (key === "ArrowLeft" ? -1 : 1)];
    if (!next) return;
    const there = slots(next, item);
    carry(there[Math.min(at, there.length - 1)]);
  }
}

export function drop(): void {
  const held = carried.value;
  const item = find(held?.id);
  carried.value = null;
  if (!held?.slot || !item) return;
  const { slot } = held;
  const other = find(slot.beside);
  if (other) return group(item, other);
  if (same(slot, placeOf(item))) {
    if (held.by === "key") {
      tell("carry_stay");
      focus(item.id);
    }
    return;
  }
  move(item, slot.into, slot.after);
}

export function putBack(): void {
  const held = carried.value;
  carried.value = null;
  if (!held) return;
  tell("carry_end");
  if (held.by === "key") focus(held.id);
}
