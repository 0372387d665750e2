// The facilitator's part of the panel.
import { signal } from "@preact/signals";

import { askPaper } from "./asking";
import { Button } from "./button";
import { askBoard, askColumn, askColumnDelete, askReveal, askTimer } from "./facilitating";
import { live } from "./live";
import type { Kind } from "./protocol";
import { Part } from "./panel";
import { called, may, page, row, stage, store } from "./room";
import { say } from "./words";

const UNDO_MS = 10 * 60_000;
const RECENT = 8;

/** What others did lately and can be undone for them. */
const recent = signal<readonly { seq: number; kind: Kind; by: string; at: number; title: string }[]>([]);

export function watchRecent(): void {
  store.onEvent((event) => {
    if (event.is !== "remote" || !page.rights[event.op.kind as Kind]?.undo) return;
    const { op } = event;
    const first = Object.keys(op.set ?? {}).map((id) => store.things.value.get(id)).find((thing) => thing && thing.type !== "board");
    const made = { seq: op.seq, kind: op.kind as Kind, by: op.by ?? "", at: store.now(), title: called(first) };
    recent.value = [made, ...recent.value.filter((one) => one.seq !== op.undoes)].slice(0, RECENT);
  });
}

export const Facilitator = live(() => {
  const board = store.board.value;
  const hidden = Object.values(store.counts.value.hidden).reduce((sum, count) => sum + count, 0);
  const people = [...store.everyone.value.values()].filter((person) => person.name);
  const undoable = recent.value.filter((one) => one.at > store.now() - UNDO_MS && may(one.kind));
  return (
    <>
      <Part title={say("facilitator")} open>
        <div class="gt-buttons">
          {stage.value === 2 && may("reveal") && hidden > 0 && <Button act={askReveal}>{say("reveal", { n: hidden })}</Button>}
          {may("timer.start") && <Button act={() => askTimer()}>{say("timer_start")}</Button>}
          {may("lock") && <Button act={() => void store.act("lock", "board", { editing: !board?.locked })}>{say(board?.locked ? "unlock" : "lock")}</Button>}
          {may("paper.add") && <Button act={() => askPaper(people, board?.names === "hidden")}>{say("paper")}</Button>}
          {may("board.edit") && <Button act={askBoard}>{say("board_edit")}</Button>}
        </div>
      </Part>
      {may("column.edit") && (
        <Part title={say("columns")}>
          <ul class="gt-board-list">
            {store.columns.value.map((column) => (
              <li key={column.id}>
                {called(column)}{" "}
                <span class="gt-buttons">
                  <Button about={called(column)} act={() => askColumn(column)}>{say("act_edit")}</Button>
                  {may("spotlight") && <Button about={called(column)} act={() => void store.act("spotlight", "board", { on: column.id })}>{say("act_spotlight")}</Button>}
                  {store.columns.value.length > 1 && !row(column.id).length && <Button about={called(column)} act={() => askColumnDelete(column)}>{say("act_delete")}</Button>}
                </span>
              </li>
            ))}
          </ul>
          <Button act={() => askColumn()}>{say("column_add")}</Button>
        </Part>
      )}
      {undoable.length > 0 && stage.value < 7 && (
        <Part title={say("recent")}>
          <ul class="gt-board-list">
            {undoable.map((one) => (
              <li key={one.seq}>
                {say(`did_${one.kind}`, { who: store.people(one.by) || say("somebody"), title: one.title })}{" "}
                <Button about={one.title} act={() => void store.act("undo", "board", { seq: one.seq })}>{say("undo")}</Button>
              </li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
});
