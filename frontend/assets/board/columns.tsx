// The columns: sections with a heading and a list, in the order in which they are read. On a phone one at a time, by
// swiping or by choosing it.
import { live } from "./live";
import { Slots } from "./item";
import type { Item } from "./interface";
import { called, carried, inView, narrow, row, stage, store } from "./room";
import { say } from "./words";

let list: HTMLElement | null = null;

export const Columns = live(() => {
  const columns = store.columns.value;
  const swiped = (): void => {
    if (!narrow.matches || !list) return;
    const left = list.getBoundingClientRect().left;
    let best = { id: "", far: Infinity };
    for (const element of list.children) {
      const far = Math.abs(element.getBoundingClientRect().left - left);
      if (far < best.far) best = { id: (element as HTMLElement).dataset["column"] ?? "", far };
    }
    if (best.id) inView.value = best.id;
  };
  if (!inView.value && columns[0]) inView.value = columns[0].id;

  return (
    <>
      {columns.length > 1 && (
        <div class="gt-column-choice govuk-form-group">
          <label class="govuk-label" for="column-choice">{say("column_choice", { n: columns.length })}</label>
          <select
            class="govuk-select"
            id="column-choice"
            value={inView.value}
            onChange={(event) => {
              inView.value = event.currentTarget.value;
              list?.querySelector(`[data-column="${inView.value}"]`)?.scrollIntoView({ inline: "start", block: "nearest" });
            }}
          >
            {columns.map((column, at) => (
              <option key={column.id} value={column.id}>{say("column_option", { title: called(column), place: at + 1, of: columns.length })}</option>
            ))}
          </select>
        </div>
      )}
      <div class="gt-columns" ref={(element) => void (list = element)} onScroll={swiped}>
        {columns.map((column) => <Column key={column.id} column={column} />)}
      </div>
    </>
  );
});

const Column = live(({ column }: { column: Item }) => {
  const items = store.childrenOf(column.id).value;
  const all = row(column.id);
  const notes = all.filter((item) => item.type === "note");
  const own = notes.filter((note) => !note.shown).length;
  // Going on to Group reveals the rest; the count says so up to a second later.
  const hidden = stage.value > 2 ? 0 : Math.max(0, (store.counts.value.hidden[column.id] ?? 0) - own);
  const slot = carried.value?.slot;
  return (
    <section class={`gt-column${slot?.column === column.id ? " gt-column--aim" : ""}`} data-column={column.id} aria-labelledby={`at-${column.id}`}>
      <h2 id={`at-${column.id}`} tabIndex={all.length ? -1 : 0}>
        {called(column)} <span>{say("notes", { n: notes.length })}</span>
      </h2>
      {column.prompt && <p>{column.prompt}</p>}
      {hidden > 0 && <p class="gt-hidden">{say(stage.value === 1 ? "hidden_others" : "hidden_waiting", { n: hidden })}</p>}
      <ul class="gt-notes">
        <Slots into={column.id} items={items} column={column.id} />
      </ul>
      {!items.length && !hidden && <p>{say(stage.value < 2 ? "none_yet" : "none_here")}</p>}
    </section>
  );
});
