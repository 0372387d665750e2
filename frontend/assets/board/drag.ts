// Dragging with Pointer Events: a mouse after four pixels, a finger after resting a quarter of a second. Whatever can be
// dragged can be moved by Move to…, Group with… and the keys as well.
import type { Item } from "./interface";
import { drop, putBack, same } from "./moving";
import { carried, columnOf, find, may, store, type Slot } from "./room";

const MOUSE_PIXELS = 4;
const TOUCH_PIXELS = 10;
const TOUCH_MS = 250;
const EDGE = 56;

export function watchDrag(board: HTMLElement): void {
  let start: { id: string; x: number; y: number; pointer: number; timer: number; element: HTMLElement } | null = null;
  let ghost: HTMLElement | null = null;
  let x = 0;
  let y = 0;
  let frame = 0;

  const begin = (): void => {
    if (!start) return;
    const item = find(start.id);
    if (!item) return end();
    getSelection()?.removeAllRanges();
    ghost = start.element.cloneNode(true) as HTMLElement;
    ghost.removeAttribute("id");
    for (const inner of ghost.querySelectorAll("[id]")) inner.removeAttribute("id");
    ghost.setAttribute("aria-hidden", "true");
    ghost.classList.add("gt-ghost");
    ghost.style.width = `${start.element.offsetWidth}px`;
    document.body.append(ghost);
    document.documentElement.classList.add("gt-dragging");
    carried.value = { id: item.id, slot: null, by: "pointer" };
    draw();
  };

  const draw = (): void => {
    if (!ghost || !carried.value) return;
    ghost.style.transform = `translate(${x + 8}px, ${y + 8}px)`;
    const row = board.querySelector<HTMLElement>(".gt-columns");
    if (row) {
      const box = row.getBoundingClientRect();
      // Slow enough to stop at the next column where one fills the screen.
      if (x > box.right - EDGE) row.scrollLeft += 5;
      else if (x < box.left + EDGE) row.scrollLeft -= 5;
    }
    if (y > innerHeight - EDGE) scrollBy(0, 10);
    else if (y < EDGE) scrollBy(0, -10);
    frame = requestAnimationFrame(draw);
  };

  const end = (): void => {
    if (start) clearTimeout(start.timer);
    cancelAnimationFrame(frame);
    ghost?.remove();
    ghost = start = null;
    document.documentElement.classList.remove("gt-dragging");
  };

  board.addEventListener("pointerdown", (event) => {
    const target = event.target as HTMLElement;
    const element = target.closest<HTMLElement>("[data-item]");
    const item = find(element?.dataset["item"]);
    if (event.button || !event.isPrimary || !element || !item || carried.value || target.closest("button, a, input, select, textarea, summary")) return;
    if (!may(item.type === "group" ? "group.move" : "note.move", item)) return;
    ({ clientX: x, clientY: y } = event);
    start = { id: item.id, x, y, pointer: event.pointerId, element, timer: 0 };
    if (event.pointerType !== "mouse") start.timer = window.setTimeout(begin, TOUCH_MS);
  });
  addEventListener("pointermove", (event) => {
    if (!start || event.pointerId !== start.pointer) return;
    ({ clientX: x, clientY: y } = event);
    const far = Math.hypot(x - start.x, y - start.y);
    if (ghost) {
      const slot = slotAt(x, y, start.id);
      if (!same(slot, carried.value?.slot)) carried.value = { id: start.id, slot, by: "pointer" };
    } else if (event.pointerType === "mouse" ? far > MOUSE_PIXELS : far > TOUCH_PIXELS) {
      if (event.pointerType === "mouse") begin();
      else end();
    }
  });
  // Only while something is carried: else a finger scrolls, as everywhere.
  board.addEventListener("touchmove", (event) => ghost && event.cancelable && event.preventDefault(), { passive: false });
  board.addEventListener("contextmenu", (event) => ghost && event.preventDefault());
  addEventListener("pointerup", () => {
    const dragged = ghost !== null;
    end();
    if (dragged) drop();
  });
  const cancel = (): void => {
    const dragged = ghost !== null;
    end();
    if (dragged) putBack();
  };
  addEventListener("pointercancel", cancel);
  addEventListener("blur", cancel);
  addEventListener("keydown", (event) => event.key === "Escape" && ghost && cancel());
}

function slotAt(x: number, y: number, id: string): Slot | null {
  const item = find(id);
  const under = document.elementFromPoint(x, y);
  const column = under?.closest<HTMLElement>("[data-column]")?.dataset["column"];
  if (!item || !column) return null;
  let element = under?.closest<HTMLElement>("[data-item]") ?? null;
  let other = find(element?.dataset["item"]);
  if (element && item.type === "group") {
    element = element.closest<HTMLElement>(".gt-group") ?? element;
    other = find(element.dataset["item"]);
  }
  if (other?.id === id) return null;
  const siblings = (container: string): Item[] => store.childrenOf(container).value.filter((one) => one.id !== id);
  if (!element || !other) return { column, into: column, after: siblings(column).at(-1)?.id ?? null };
  if (other.type === "group" && item.type === "note") return { column, into: other.id, after: siblings(other.id).at(-1)?.id ?? null };
  const box = element.getBoundingClientRect();
  const part = (y - box.top) / box.height;
  const alone = other.type === "note" && other.in === columnOf(other);
  if (alone && item.type === "note" && other.shown && item.shown && may("group.make") && part > 0.25 && part < 0.75) {
    return { column, into: column, after: other.id, beside: other.id };
  }
  const row = siblings(other.in ?? column);
  const at = row.findIndex((one) => one.id === other.id);
  return { column, into: other.in ?? column, after: part < 0.5 ? (row[at - 1]?.id ?? null) : other.id };
}
