// Where the keyboard is must never be lost: when what holds it moves, it goes along; when that goes away, it stands on
// the next note, else on the column's heading. Nobody else's act moves it anywhere.
import { columnOf, dialog, elementOf, find, spots } from "./room";

/** What holds the keyboard, which button in it, and what followed it when that was last looked at. */
let held: { id: string; act: string; column: string; rows: string[] } | null = null;

const rowsOf = (column: string): string[] =>
  [...document.querySelectorAll<HTMLElement>(`[data-column="${column}"] [data-item]`)].map((element) => element.dataset["item"] ?? "");

export function watchFocus(board: HTMLElement): void {
  board.addEventListener("focusin", (event) => {
    const target = event.target as HTMLElement;
    const item = target.closest<HTMLElement>("[data-item]");
    const column = target.closest<HTMLElement>("[data-column]")?.dataset["column"] ?? "";
    const id = item?.dataset["item"] ?? "";
    if (dialog.value) return;
    held = id && column ? { id, act: target.dataset["act"] ?? "", column, rows: rowsOf(column) } : null;
    if (held && spots.value[column] !== id) spots.value = { ...spots.value, [column]: id };
  });
  document.addEventListener("focusin", (event) => {
    if (!board.contains(event.target as Node) && !dialog.value) held = null;
  });
}

/** After what is shown has changed: give the keyboard back to what it was on. */
export function afterChange(): void {
  if (!held || dialog.value) return;
  const item = find(held.id);
  const column = item ? columnOf(item) : held.column;
  if (!document.activeElement || document.activeElement === document.body) settle(null);
  else if (item) held = { ...held, column, rows: rowsOf(column) };
}

/** Put the keyboard back: on ``before`` if it is still there, else on what was held, else on what followed that. */
export function settle(before: Element | null): void {
  requestAnimationFrame(() => {
    if (dialog.value) return;
    const active = document.activeElement;
    if (active && active !== document.body) return;
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) return before.focus();
    if (!held) return;
    const element = elementOf(held.id);
    if (element) {
      (held.act ? (element.querySelector<HTMLElement>(`[data-act="${held.act}"]`) ?? element) : element).focus();
      return;
    }
    const at = held.rows.indexOf(held.id);
    const next = [...held.rows.slice(at + 1), ...held.rows.slice(0, at).reverse()].find((id) => elementOf(id));
    elementOf(next ?? held.column)?.focus();
  });
}
