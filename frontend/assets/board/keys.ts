// The keyboard map of the board. Letters act only while the keyboard is in the board and not in a text, and can be
// switched off; arrows, Enter and Space act on what they stand on.
import { acts } from "./acts";
import { undo } from "./facilitating";
import type { Item } from "./interface";
import { showActs } from "./menu";
import { drop, pickUp, putBack, step } from "./moving";
import { carried, columnOf, dialog, elementOf, find, focus, inView, may, ordered, row, shortcuts, store, tell, writingIn } from "./room";
import { showHelp } from "./help";

const TEXT = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const ARROWS = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];

export function watchKeys(board: HTMLElement): void {
  board.addEventListener("keydown", (event) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || dialog.value || event.isComposing || event.altKey) return;
    if (carried.value?.by === "key") {
      if (event.key === " " || event.key === "Enter") drop();
      else if (event.key === "Escape" || event.key === "Tab") putBack();
      else if (ARROWS.includes(event.key)) step(event.key);
      else return;
      return event.preventDefault();
    }
    if (target.matches(TEXT)) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() === "z" && may("undo")) {
        event.preventDefault();
        void (event.shiftKey ? store.redo() : undo());
      }
      return;
    }
    const id = target.closest<HTMLElement>("[data-item]")?.dataset["item"];
    const heading = target.closest<HTMLElement>("[data-column]")?.dataset["column"];
    const item = find(id);
    const onItself = target.id === `at-${id}`;
    if (ARROWS.includes(event.key) && (item || heading) && (onItself || target.id === `at-${heading}` || target.dataset["act"])) {
      event.preventDefault();
      go(event.key, item, heading ?? "");
    } else if (onItself && item && event.key === "Enter") {
      event.preventDefault();
      showActs(item);
    } else if (onItself && item && event.key === " ") {
      event.preventDefault();
      if (may(item.type === "group" ? "group.move" : "note.move", item)) pickUp(item);
      else tell("not_now");
    } else if (shortcuts.value === "on") letter(event, item, heading);
  });
}

function go(key: string, item: Item | undefined, column: string): void {
  const rows = row(column);
  const at = item ? rows.findIndex((one) => one.id === item.id) : -1;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const next = rows[at + (key === "ArrowUp" ? -1 : 1)];
    if (next) focus(next.id);
  } else if (key === "Home" || key === "End") {
    const next = rows.at(key === "Home" ? 0 : -1);
    if (next) focus(next.id);
  } else {
    const next = ordered.value[ordered.value.indexOf(column) + (key === "ArrowLeft" ? -1 : 1)];
    if (!next) return;
    const there = row(next);
    focus(there[Math.min(Math.max(at, 0), there.length - 1)]?.id ?? next);
  }
}

function letter(event: KeyboardEvent, item: Item | undefined, column: string | undefined): void {
  const key = event.key.toUpperCase();
  if (key === "?") {
    event.preventDefault();
    showHelp();
  } else if (key === "N") {
    event.preventDefault();
    if (!may("note.add")) return tell("not_now");
    writingIn.value = (item ? columnOf(item) : column) || writingIn.value || inView.value;
    elementOf("composer")?.focus();
  } else if (item && /^([EMGVAC]|DELETE)$/.test(key)) {
    event.preventDefault();
    const hot = event.shiftKey && key === "V" ? "⇧V" : key;
    const act = acts(item).find((one) => one.hot === hot);
    if (act) act.run();
    else tell("not_now");
  }
}
