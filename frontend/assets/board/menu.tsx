// The Actions dialog of a note or group: every act as a button, with the key that does the same.
import { acts } from "./acts";
import type { Item } from "./interface";
import { live } from "./live";
import { ask, called, dialog, find, shortcuts } from "./room";
import { say } from "./words";

export function showActs(item: Item): void {
  ask({ title: say("acts_title", { title: called(item) }), body: () => <Acts id={item.id} /> });
}

const Acts = live(({ id }: { id: string }) => {
  const item = find(id);
  const list = item ? acts(item) : [];
  if (!list.length) return <p class="govuk-body">{say(item ? "acts_none" : "gone")}</p>;
  const walk = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length]?.focus();
  };
  return (
    <ul class="gt-menu" onKeyDown={walk}>
      {list.map((act) => (
        <li key={act.name}>
          <button
            type="button"
            class={act.warning ? "gt-warning" : undefined}
            {...(act.pressed === undefined ? {} : { "aria-pressed": act.pressed })}
            onClick={() => {
              dialog.value = null;
              act.run();
            }}
          >
            <span>{act.label}</span>
            {act.hot && shortcuts.value === "on" && <kbd class="gt-key">{say(`key_${act.hot}`)}</kbd>}
          </button>
        </li>
      ))}
    </ul>
  );
});
