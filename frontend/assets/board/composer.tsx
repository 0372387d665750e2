// Writing a note. What is typed is never lost: it is kept as a draft while it is typed, and stays one when writing ends.
import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

import { columnField, patternField } from "./asking";
import { live } from "./live";
import { elementOf, enterAdds, find, inView, narrow, ordered, store, writingIn, type Field } from "./room";
import { say } from "./words";

const MOST = 2000;
const KEEP_MS = 700;

const tooLong = (n: number): string => say("too_long", { label: say("composer"), n, most: MOST });

/** The draft that holds what is in the composer now: not listed among the others meanwhile. */
export const composing = signal("");

const left = signal("");
let text: HTMLTextAreaElement | null = null;
let pattern: HTMLSelectElement | null = null;
let timer = 0;

function keep(): void {
  const words = text?.value ?? "";
  clearTimeout(timer);
  if (words.trim() || composing.value) composing.value = store.saveDraft(words, composing.value ? { id: composing.value } : { kind: "note.add" });
  if (!words.trim()) composing.value = "";
}

/** Whether there is a composer: when it goes, because writing ends, what stands in it stays as a draft. */
function hold(element: HTMLTextAreaElement | null): void {
  if (!element && text) {
    keep();
    composing.value = left.value = "";
    // Whoever was writing is told what is to be done now.
    if (text.form?.contains(document.activeElement)) requestAnimationFrame(() => elementOf("task")?.focus());
  }
  text = element;
}

function add(event: Event): void {
  event.preventDefault();
  const words = text?.value.trim() ?? "";
  if (!text) return;
  if (words && [...words].length <= MOST) {
    const chosen = pattern?.value;
    void store.act("note.add", store.newId(), { column: aim.value, text: words, ...(chosen ? { pattern: Number(chosen) } : {}) });
    text.value = left.value = "";
    keep();
  }
  text.focus();
}

function wrote(): void {
  clearTimeout(timer);
  timer = window.setTimeout(keep, KEEP_MS);
  const count = [...(text?.value ?? "")].length;
  left.value = count > MOST ? tooLong(count) : count > MOST - 200 ? say("characters_left", { n: MOST - count }) : "";
}

const aim = computed(() => (find(writingIn.value) ? writingIn.value : narrow.matches ? inView.value : (ordered.value[0] ?? "")));
const choice = (field: Field, value: string): ComponentChildren =>
  field.options.map((option) => <option key={option.value} value={option.value} selected={option.value === value}>{option.label}</option>);

export const Composer = live(() => {
  const columns = columnField(aim.value);
  const patterns = patternField();
  return (
    <form class="gt-composer" onSubmit={add}>
      <div>
        <label class="govuk-label govuk-label--s" for="at-composer">{say("composer")}</label>
        <textarea
          class="govuk-textarea"
          id="at-composer"
          rows={2}
          aria-describedby="composer-hint"
          ref={hold}
          onInput={wrote}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey && !event.isComposing && enterAdds.value === "on") add(event);
          }}
        />
        <p id="composer-hint">{say(enterAdds.value === "on" ? "composer_enter" : "composer_button")} <span>{left.value}</span></p>
      </div>
      {ordered.value.length > 1 && (
        <div>
          <label class="govuk-label" for="composer-column">{columns.label}</label>
          <select class="govuk-select" id="composer-column" onChange={(event) => (writingIn.value = event.currentTarget.value)}>
            {choice(columns, aim.value)}
          </select>
        </div>
      )}
      <div>
        <label class="govuk-label" for="composer-pattern">{patterns.label}</label>
        <select class="govuk-select" id="composer-pattern" ref={(element) => void (pattern = element)}>{choice(patterns, "")}</select>
      </div>
      <button class="govuk-button">{say("composer_add")}</button>
    </form>
  );
});

/** What is typed is kept when the page is left, and the composer stands above the keyboard of a phone. */
export function watchKeyboard(): void {
  addEventListener("pagehide", keep);
  const view = window.visualViewport;
  if (!view) return;
  const place = (): void =>
    document.documentElement.style.setProperty("--gt-keyboard", `${Math.max(0, Math.round(innerHeight - view.height - view.offsetTop))}px`);
  view.addEventListener("resize", place);
  view.addEventListener("scroll", place);
}

/** Put words that were kept back into the composer, behind what is there. */
export function takeUp(words: string): void {
  const element = elementOf("composer") as HTMLTextAreaElement | null;
  if (!element) return;
  element.value = [element.value.trim(), words].filter(Boolean).join("\n");
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.focus();
}
