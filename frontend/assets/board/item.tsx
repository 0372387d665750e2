// A note and a group: list items with their words, what they have been given, and real buttons.
import { spent, vote } from "./acts";
import { Button } from "./button";
import { askComment, askDelete } from "./asking";
import type { Item } from "./interface";
import { live } from "./live";
import { showActs } from "./menu";
import { called, carried, find, may, onlyNew, seen, shortcuts, stage, stop, store } from "./room";
import { say } from "./words";

const STATES = { saved: "✓", sending: "…", kept: "▣" } as const;

/** Whether somebody else's words have not been marked as read here. */
export const isNew = (item: Item): boolean =>
  item.type === "note" && stage.value >= 2 && stage.value <= 3 && !item.mine && !!item.shown && !seen.value.has(item.id);

/** With the letters switched off, every button is a stop of Tab; else a column is one, and keys reach the rest. */
const tab = (): number => (shortcuts.value === "on" ? -1 : 0);

export function Entry({ item, column }: { item: Item; column: string }) {
  if (item.type === "group") return <Group item={item} column={column} />;
  return <Note item={item} column={column} />;
}

function attributes(item: Item, column: string) {
  const held = carried.value;
  const names = [
    item.type === "group" ? "gt-group" : "gt-note",
    item.shown || item.type === "group" ? "" : "gt-note--hidden",
    held?.id === item.id ? "gt-carried" : "",
    held?.slot?.beside === item.id ? "gt-beside" : "",
    store.board.value?.spotlight === item.id ? "gt-spotlit" : "",
    item.pattern === undefined ? "" : `gt-pattern gt-pattern--${item.pattern}`,
  ];
  return {
    id: `at-${item.id}`,
    "data-item": item.id,
    tabIndex: stop(column) === item.id ? 0 : -1,
    class: names.filter(Boolean).join(" "),
    "aria-labelledby": `words-${item.id} about-${item.id}`,
  };
}

const Note = live(({ item, column }: { item: Item; column: string }) => {
  return (
    <li {...attributes(item, column)}>
      <p class="gt-words" id={`words-${item.id}`}>
        {item.erased ? say("erased") : item.text}
      </p>
      <Foot item={item} />
      <Comments item={item} />
    </li>
  );
});

const Group = live(({ item, column }: { item: Item; column: string }) => {
  const notes = store.childrenOf(item.id).value;
  return (
    <li {...attributes(item, column)}>
      <h3 id={`words-${item.id}`}>
        {item.title || say("group_untitled")}
      </h3>
      <Foot item={item} count={notes.length} />
      <Comments item={item} />
      <ul class="gt-notes">
        <Slots into={item.id} items={notes} column={column} />
      </ul>
    </li>
  );
});

function Foot({ item, count }: { item: Item; count?: number }) {
  return (
    <div class="gt-foot">
      <About item={item} {...(count === undefined ? {} : { count })} />
      <Buttons item={item} />
    </div>
  );
}

/** A list with the mark of where something carried would go. */
export const Slots = live(({ into, items, column }: { into: string; items: readonly Item[]; column: string }) => {
  const held = carried.value;
  const slot = held?.slot && !held.slot.beside && held.slot.into === into ? held.slot : null;
  const mark = <li class="gt-slot" key="slot" aria-hidden="true">{say("drop_here")}</li>;
  const shown = onlyNew.value && stage.value === 2 ? items.filter((item) => item.type === "group" || isNew(item)) : items;
  return (
    <>
      {slot?.after === null && mark}
      {shown.map((item) => [<Entry key={item.id} item={item} column={column} />, slot?.after === item.id && mark])}
    </>
  );
});

/** Who, how many, what state: said with the note and shown under its words. */
const About = live(({ item, count }: { item: Item; count?: number }) => {
  const state = store.stateOf(item.id);
  const { votes, room, mine } = store.totals(item.id);
  const board = store.board.value;
  const who = item.name || store.people(item.by);
  const marks = (["agree", "unsure", "disagree"] as const).filter((mark) => item[mark]);
  const said: (string | false | undefined)[] = [
    count !== undefined && say("notes", { n: count }),
    item.type === "note" && (item.mine ? say("yours") : who && say("by", { who })),
    item.paper && say("from_paper"),
    item.type === "note" && !item.shown && say("only_yours"),
    isNew(item) && say("new"),
    !!mine && say("votes_yours", { n: mine }),
    votes !== undefined && (stage.value >= 4 || votes > 0) && find(item.in)?.type !== "group" && say("votes", { n: votes }),
    !!room && say(votes === undefined ? "votes_waits" : "votes_room", { n: room }),
    ...marks.map((mark) => say(`marks_${mark}`, { n: item[mark] ?? 0 })),
    item.my_mark && say(`mark_yours_${item.my_mark}`),
    board?.spotlight === item.id && say("spotlit"),
    board?.timer?.on === item.id && say("timed"),
  ];
  return (
    <p class="gt-about" id={`about-${item.id}`}>
      {item.pattern !== undefined && (
        <span class="gt-pattern__letter">
          <span class="govuk-visually-hidden">{say("pattern_said")} </span>
          {say(`letter_${item.pattern}`)}
          <span class="govuk-visually-hidden">. </span>
        </span>
      )}
      {said.filter(Boolean).map((one, at) => <span key={at}>{one}<span class="govuk-visually-hidden">. </span></span>)}
      {(item.mine || state !== "saved") && (
        <span class={`gt-state gt-state--${state}`}><span aria-hidden="true">{STATES[state]} </span>{say(`state_${state}`)}</span>
      )}
    </p>
  );
});

const Buttons = live(({ item }: { item: Item }) => {
  const about = called(item);
  const alone = item.type === "group" || (item.shown && find(item.in)?.type !== "group");
  // A vote that cannot be given is said to be so, and the button stays where it is.
  const barred = spent(item);
  return (
    <div class="gt-buttons">
      {alone && may("vote", item) && <Button name="vote" {...{ about, tab: tab(), barred }} act={() => vote(item, 1)}><span aria-hidden="true">+</span> {say("act_vote")}</Button>}
      {!!item.my_votes && may("unvote", item) && <Button name="unvote" {...{ about, tab: tab() }} act={() => vote(item, -1)}><span aria-hidden="true">−</span> {say("act_unvote")}</Button>}
      <Button name="acts" opens {...{ about, tab: tab() }} act={() => showActs(item)}>{say("acts")}</Button>
    </div>
  );
});

const Comments = live(({ item }: { item: Item }) => {
  const comments = store.commentsOn(item.id).value;
  if (!comments.length) return null;
  return (
    <ul class="gt-comments" aria-label={say("comments_on", { title: called(item) })}>
      {comments.map((comment) => (
        <li key={comment.id} class="gt-comment">
          <p class="gt-words">{comment.erased ? say("erased") : comment.text}</p>
          <p class="gt-about">
            <span>{comment.mine ? say("you") : store.people(comment.by) || say("somebody")}</span>
            {(comment.mine || store.stateOf(comment.id) !== "saved") && <span>{say(`state_${store.stateOf(comment.id)}`)}</span>}
          </p>
          {may("comment.edit", comment) && !comment.erased && (
            <div class="gt-buttons">
              <Button tab={tab()} about={called(comment)} act={() => askComment(item, comment)}>{say("act_edit")}</Button>
              <Button tab={tab()} about={called(comment)} act={() => askDelete(comment)}>{say("act_delete")}</Button>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
});
