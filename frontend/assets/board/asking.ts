// The dialogs about one note or group: the same for the keyboard, for switches, for voice control and for thumbs.
import { neighbour } from "./acts";
import type { Item } from "./interface";
import { areaField, ask, called, choiceField, columnOf, find, focus, numberField, ordered, row, store, textField, words, type Answers, type Field, type Option } from "./room";
import { say } from "./words";

export const patternField = (value?: number): Field => ({
  ...choiceField("select", "pattern", "pattern", [{ value: "", label: say("pattern_none") }, ...words("pattern", ..."01234567")], value === undefined ? "" : `${value}`),
  hint: say("pattern_hint"),
});

export const columnField = (value: string): Field => choiceField("select", "column", "column", options(store.columns.value), value);

const options = (items: readonly Item[]): Option[] => items.map((item) => ({ value: item.id, label: called(item) }));

const titled = (key: string, item: Item): string => say(key, { title: called(item) });

export function askEdit(item: Item): void {
  ask({
    title: say("edit_title"),
    keep: `edit-${item.id}`,
    fields: [
      areaField("text", "note_text", item.text, 2000, true),
      patternField(item.pattern),
    ],
    submit: say("save"),
    done(answers) {
      const pattern = answers.text("pattern");
      const props: Record<string, unknown> = {};
      if (answers.text("text") !== item.text) props["text"] = answers.text("text");
      if (pattern !== "" && Number(pattern) !== item.pattern) props["pattern"] = Number(pattern);
      if (Object.keys(props).length) void store.act("note.edit", item.id, props);
    },
  });
}

export function askName(item: Item): void {
  ask({
    title: titled("name_title", item),
    keep: `name-${item.id}`,
    fields: [textField("title", "group_name", item.title)],
    submit: say("save"),
    done: (answers) => void store.act("group.name", item.id, { title: answers.text("title") || null }),
  });
}

/** To which column or group, and behind what. */
export function askMove(item: Item): void {
  const isGroup = item.type === "group";
  const from = columnOf(item);
  const places = store.columns.value.flatMap((column) => [
    { value: column.id, label: called(column), hint: column.id === from ? say("is_there") : undefined },
    ...(isGroup
      ? []
      : store
          .childrenOf(column.id)
          .value.filter((other) => other.type === "group" && other.id !== item.in)
          .map((group) => ({ value: group.id, label: titled("in_group", group), hint: called(column) }))),
  ]);
  ask({
    title: titled("move_title", item),
    fields: [
      choiceField("radios", "into", "move_where", places, from, true),
      choiceField("radios", "place", "move_place", words("place", "first", "last", "after"), "last"),
    ],
    submit: say("move_submit"),
    done(answers) {
      const into = answers.text("into");
      const place = answers.text("place");
      if (place === "after") return askAfter(item, into);
      move(item, into, place === "first" ? null : undefined);
      return undefined;
    },
  });
}

function askAfter(item: Item, into: string): void {
  const others = store.childrenOf(into).value.filter((other) => other.id !== item.id);
  if (!others.length) return move(item, into);
  ask({
    title: titled("move_title", item),
    fields: [choiceField("radios", "after", "move_after", options(others), "", true)],
    submit: say("move_submit"),
    done: (answers) => move(item, into, answers.text("after")),
  });
}

export function move(item: Item, into: string, after?: string | null): void {
  void store.act(item.type === "group" ? "group.move" : "note.move", item.id, after === undefined ? { into } : { into, after });
  focus(item.id);
}

/** Lay a note together with another one, or into a group. */
export function group(item: Item, other: Item): void {
  if (other.type === "group") void store.act("group.join", other.id, { notes: [item.id] });
  else void store.act("group.make", store.newId(), { notes: [other.id, item.id] });
  focus(item.id);
}

/** Choose one of the other notes and groups. */
function choose(act: string, item: Item, fits: (other: Item) => boolean, done: (other: Item) => void): void {
  const others = ordered.value
    .flatMap(row)
    .filter((other) => other.id !== item.id && other.id !== item.in && (other.shown || other.type === "group") && fits(other));
  ask({
    title: titled(`${act}_title`, item),
    intro: act === "merge" ? [say("merge_intro")] : [],
    fields: [
      choiceField(
        "radios",
        "other",
        `${act}_with`,
        others.map((other) => ({
          value: other.id,
          label: other.type === "group" ? titled("in_group", other) : called(other),
          hint: called(store.columnOf(other.id)),
        })),
        "",
        true,
      ),
    ],
    submit: say(`${act}_submit`),
    done(answers) {
      const other = find(answers.text("other"));
      if (other) done(other);
    },
  });
}

export function askGroup(item: Item): void {
  choose("group", item, (other) => other.type === "group" || find(other.in)?.type !== "group", (other) => group(item, other));
}

export function askMerge(item: Item): void {
  choose("merge", item, (other) => other.type === item.type, (other) => {
    void store.act("merge", item.id, { into: other.id });
    focus(other.id);
  });
}

export function askSplit(item: Item): void {
  ask({
    title: titled("split_title", item),
    intro: [say("split_intro")],
    fields: [
      choiceField("checks", "notes", "split_notes", options(store.childrenOf(item.id).value), "", true),
      textField("title", "group_name"),
    ],
    submit: say("split_submit"),
    done(answers) {
      const as = store.newId();
      const title = answers.text("title");
      void store.act("group.split", item.id, { as, notes: answers.many("notes"), ...(title ? { title } : {}) });
      focus(as);
    },
  });
}

export function askRoom(item: Item): void {
  ask({
    title: titled("room_title", item),
    intro: [say("room_intro")],
    fields: [numberField("count", "room_count", `${item.room ?? 0}`, 10_000, true)],
    submit: say("save"),
    done: (answers) => void store.act("room.votes", item.id, { count: answers.number("count") }),
  });
}

export function askComment(item: Item, comment?: Item): void {
  ask({
    title: titled(comment ? "comment_edit_title" : "comment_title", comment ?? item),
    keep: `comment-${(comment ?? item).id}`,
    fields: [areaField("text", "comment_text", comment?.text, 1000, true)],
    submit: say(comment ? "save" : "comment_submit"),
    done(answers) {
      const text = answers.text("text");
      if (comment) void store.act("comment.edit", comment.id, { text });
      else void store.act("comment.add", store.newId(), { on: item.id, text });
    },
  });
}

/** Into the bin, or for good. */
export function askDelete(item: Item, forGood = false): void {
  const kind = item.type === "comment" ? "comment.delete" : item.type === "action" ? "action.delete" : "note.delete";
  ask({
    title: titled(forGood ? "redact_title" : "delete_title", item),
    intro: [say(forGood ? "redact_intro" : "delete_intro")],
    submit: say(forGood ? "redact_submit" : "delete_submit"),
    danger: true,
    done() {
      if (forGood) return void store.act("redact", "board", { things: [item.id] });
      const next = neighbour(item.id);
      void store.act(kind, item.id);
      if (next) focus(next);
      return undefined;
    },
  });
}

export function askPaper(people: readonly { key: string; name: string }[], hidden: boolean): void {
  const given: Field[] = hidden
    ? []
    : [
        choiceField("select", "for", "paper_for", [
          { value: "", label: say("paper_nobody") },
          ...people.map((person) => ({ value: person.key, label: person.name })),
        ]),
        textField("name", "paper_name", "", 120, false, "paper_name_hint"),
      ];
  ask({
    title: say("paper_title"),
    intro: [say(hidden ? "paper_hidden" : "paper_intro")],
    keep: "paper",
    fields: [
      areaField("text", "note_text", "", 2000, true),
      columnField(ordered.value[0] ?? ""),
      ...given,
    ],
    submit: say("paper_submit"),
    done(answers: Answers) {
      const props: Record<string, unknown> = { text: answers.text("text"), column: answers.text("column") };
      if (answers.text("for")) props["for"] = answers.text("for");
      else if (answers.text("name")) props["name"] = answers.text("name");
      void store.act("paper.add", store.newId(), props);
      askPaper(people, hidden);
    },
  });
}
