// Dialogs of facilitators: about the whole board. What a step will do is asked of the server and said before it is taken.
import type { Item } from "./interface";
import type { Stage } from "./protocol";
import { areaField, ask, called, choiceField, numberField, page, stage, store, textField, type Field } from "./room";
import { say } from "./words";

/** What the server says a step will do. Without an answer one is told so, and can go on all the same. */
async function effects(to: number): Promise<string[]> {
  try {
    const answer = await fetch(`${page.effects}?to=${to}`, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const told = (await answer.json()) as { sentences: string[] };
    return told.sentences.length ? told.sentences : [say("effects_none")];
  } catch {
    return [say("effects_unknown")];
  }
}

export function askStage(step: 1 | -1): void {
  const from = stage.value;
  const to = (from + step) as Stage;
  const name = say(`stage_${to}`);
  const minutes = page.plan[to];
  const timed: Field[] =
    step > 0 && minutes && to < 7
      ? [choiceField("checks", "timer", "timer", [{ value: "yes", label: say("stage_timer", { n: minutes }) }], "yes")]
      : [];
  ask({
    title: say(step > 0 ? "next_title" : "back_title", { stage: name }),
    intro: effects(to),
    fields: timed,
    submit: say(step > 0 ? "next_submit" : "back_submit", { stage: name }),
    done(answers) {
      const starts = answers.many("timer").length && minutes;
      void store.act(step > 0 ? "stage.next" : "stage.back", "board", { from }).then((answer) => {
        if (starts && answer.t === "ack") void store.act("timer.start", "board", { seconds: minutes * 60 });
      });
    },
  });
}

let stepped: 1 | 0 | -1 = 0;

/** Remember whether what one did last was a step to another stage. A timer that starts with it is a part of it. */
export function watchSteps(): void {
  store.onEvent((event) => {
    if (event.is === "own" && event.kind[0] !== "t") stepped = event.kind === "stage.next" ? -1 : event.kind === "stage.back" ? 1 : 0;
  });
}

/** One's own last act. A step of stages is not taken back unseen, nor is what was done before it: it is asked about. */
export const undo = (): void => void (stepped ? askStage(stepped) : store.undo());

export function askTimer(on?: Item): void {
  const planned = page.plan[stage.value];
  ask({
    title: on ? say("timer_on_title", { title: called(on) }) : say("timer_title"),
    fields: [numberField("minutes", "timer_minutes", `${on ? 3 : planned || 5}`, 600, true)],
    submit: say("timer_submit"),
    done: (answers) => void store.act("timer.start", "board", { seconds: answers.number("minutes") * 60, ...(on ? { on: on.id } : {}) }),
  });
}

export function askReveal(): void {
  const hidden = store.counts.value.hidden;
  const waiting = store.columns.value.filter((column) => hidden[column.id]);
  ask({
    title: say("reveal_title"),
    fields: [
      choiceField(
        "checks",
        "columns",
        "reveal_which",
        waiting.map((column) => ({ value: column.id, label: called(column), hint: say("notes", { n: hidden[column.id] ?? 0 }) })),
        waiting.map((column) => column.id).join(" "),
        true,
      ),
    ],
    submit: say("reveal_submit"),
    done(answers) {
      const columns = answers.many("columns");
      void store.act("reveal", "board", columns.length === waiting.length ? {} : { columns });
    },
  });
}

export function askColumn(column?: Item): void {
  const others = store.columns.value.filter((other) => other.id !== column?.id);
  const at = column ? store.columns.value.findIndex((other) => other.id === column.id) : -1;
  const place = column ? (store.columns.value[at - 1]?.id ?? "") : (others.at(-1)?.id ?? "");
  ask({
    title: column ? say("column_edit_title", { title: called(column) }) : say("column_add_title"),
    keep: `column-${column?.id ?? "new"}`,
    fields: [
      textField("title", "column_name", column?.title, 200, true),
      areaField("prompt", "column_prompt", column?.prompt, 1000),
      choiceField(
        "select",
        "after",
        "column_after",
        [{ value: "", label: say("place_first") }, ...others.map((other) => ({ value: other.id, label: say("behind", { title: called(other) }) }))],
        place,
      ),
    ],
    submit: say(column ? "save" : "column_add_submit"),
    done(answers) {
      const title = answers.text("title");
      const prompt = answers.text("prompt");
      const after = answers.text("after");
      if (!column) {
        void store.act("column.add", store.newId(), { title, after: after || null, ...(prompt ? { prompt } : {}) });
        return;
      }
      const props: Record<string, unknown> = {};
      if (title !== column.title) props["title"] = title;
      if (prompt !== (column.prompt ?? "")) props["prompt"] = prompt || null;
      if (Object.keys(props).length) void store.act("column.edit", column.id, props);
      if (after !== place) void store.act("column.move", column.id, { after: after || null });
    },
  });
}

export function askColumnDelete(column: Item): void {
  ask({
    title: say("column_delete_title", { title: called(column) }),
    intro: [say("column_delete_intro")],
    submit: say("delete_submit"),
    danger: true,
    done: () => void store.act("column.delete", column.id),
  });
}

export function askBoard(): void {
  const board = store.board.value;
  ask({
    title: say("board_title"),
    keep: "board",
    fields: [
      textField("title", "board_name", board?.title, 200, true),
      areaField("prompt", "board_prompt", board?.prompt, 1000),
    ],
    submit: say("save"),
    done: (answers) => void store.act("board.edit", "board", { title: answers.text("title"), prompt: answers.text("prompt") || null }),
  });
}
