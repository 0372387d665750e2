// What can be done with a note or a group now, in one list: the Actions dialog shows it, and the letters act by it.
import type { Item } from "./interface";
import type { Kind, Mark } from "./protocol";
import { askComment, askDelete, askEdit, askGroup, askMerge, askMove, askName, askRoom, askSplit } from "./asking";
import { askAction } from "./committing";
import { askTimer } from "./facilitating";
import { columnOf, facilitates, find, focus, may, store, tell } from "./room";
import { say } from "./words";

export interface Act {
  name: string;
  label: string;
  /** The key that does it, as `KeyboardEvent.key` says it in upper case; "⇧V" with Shift. */
  hot?: string;
  pressed?: boolean;
  warning?: boolean;
  run: () => void;
}

/** Whether one more vote would be too many, altogether or for this. */
export const spent = (item: Item): boolean => store.votesLeft.value <= 0 || (item.my_votes ?? 0) >= (store.board.value?.most ?? 0);

export function vote(item: Item, by: 1 | -1): void {
  // What would be refused is not first said to be done.
  if (by > 0 && spent(item)) return tell("no_vote", { left: store.votesLeft.value, most: store.board.value?.most ?? 0 });
  void store.act(by > 0 ? "vote" : "unvote", item.id);
}

/** What stands where something stands, when it goes: the next one, else the one before, else the column's heading. */
export function neighbour(id: string): string {
  const item = find(id);
  if (!item) return "";
  const column = columnOf(item);
  const rows = [...document.querySelectorAll<HTMLElement>(`[data-column="${column}"] [data-item]`)]
    .map((element) => element.dataset["item"] ?? "")
    .filter((other) => other === id || find(other)?.in !== id);
  const at = rows.indexOf(id);
  return rows[at + 1] ?? rows[at - 1] ?? column;
}

export function acts(item: Item): Act[] {
  const list: Act[] = [];
  const add = (kind: Kind, name: string, run: () => void, more: Partial<Act> = {}): void => {
    if (may(kind, item)) list.push({ name, label: say(`act_${name}`), run, ...more });
  };
  const isGroup = item.type === "group";
  const inGroup = find(item.in)?.type === "group";
  const shown = isGroup || item.shown;
  if (shown && !inGroup) add("vote", "vote", () => vote(item, 1), { hot: "V" });
  if (item.my_votes) add("unvote", "unvote", () => vote(item, -1), { hot: "⇧V" });
  if (shown) {
    for (const mark of ["agree", "unsure", "disagree"] as Mark[]) {
      const given = item.my_mark === mark;
      add("react", mark, () => void store.act("react", item.id, { mark: given ? "none" : mark }), { pressed: given });
    }
    add("comment.add", "comment", () => askComment(item), { hot: "C" });
  }
  if (isGroup) add("group.name", "name", () => askName(item), { hot: "E" });
  else if (!item.erased) add("note.edit", "edit", () => askEdit(item), { hot: "E" });
  add(isGroup ? "group.move" : "note.move", "move", () => askMove(item), { hot: "M" });
  if (shown && !isGroup) add("group.make", "group", () => askGroup(item), { hot: "G" });
  if (inGroup) add("ungroup", "ungroup", () => void store.act("ungroup", item.in!, { notes: [item.id] }).then(() => focus(item.id)));
  if (isGroup && store.childrenOf(item.id).value.length > 1) add("group.split", "split", () => askSplit(item));
  if (isGroup) {
    add("ungroup", "apart", () => {
      const first = store.childrenOf(item.id).value[0];
      void store.act("ungroup", item.id);
      focus(first?.id ?? columnOf(item));
    });
  }
  if (shown) {
    add("merge", "merge", () => askMerge(item));
    add("action.propose", "action", () => askAction({ source: item }), { hot: "A" });
    if (!inGroup) add("room.votes", "room", () => askRoom(item));
    add("spotlight", "spotlight", () => void store.act("spotlight", "board", { on: item.id }));
    if ((store.board.value?.stage ?? 0) >= 4) add("timer.start", "timer", () => askTimer(item));
  }
  if (!isGroup) add("note.delete", "delete", () => askDelete(item), { hot: "DELETE", warning: true });
  if (facilitates() && shown && !item.erased) add("redact", "redact", () => askDelete(item, true), { warning: true });
  return list;
}
