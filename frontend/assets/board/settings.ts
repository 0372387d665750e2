// Settings stand in the page itself; here they are bound to what they set. So does what belongs to the lobby alone.
import { computed, effect, type Signal } from "@preact/signals";

import { enterAdds, jump, shortcuts, stage, store, textSize, verbosity } from "./room";

export function bindSettings(): void {
  const choices: Record<string, Signal<string>> = { verbosity, "text-size": textSize, shortcuts, enter: enterAdds, jump };
  for (const element of document.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-setting]")) {
    const choice = choices[element.dataset["setting"]!];
    const box = element instanceof HTMLInputElement ? element : null;
    effect(() => {
      if (!box) element.value = choice!.value;
      else box.checked = choice ? choice.value === "on" : store.paused.value;
    });
    element.addEventListener("change", () => {
      if (choice) choice.value = box ? (box.checked ? "on" : "off") : element.value;
      else store.paused.value = !!box?.checked;
    });
  }
  const there = computed(() => !!store.board.value);
  effect(() => {
    const lobby = there.value && stage.value === 0;
    document.getElementById("board-late")?.toggleAttribute("hidden", there.value);
    for (const element of document.querySelectorAll<HTMLElement>("[data-lobby]")) element.hidden = !lobby;
    document.getElementById("board-settings")?.toggleAttribute("open", lobby);
  });
}
