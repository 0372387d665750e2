// Beside the columns: what facilitators do, what comes of it, who is here, one's own drafts and bin, and settings.
import type { ComponentChildren } from "preact";

import { askDelete } from "./asking";
import { Button } from "./button";
import { askAction } from "./committing";
import { composing, takeUp } from "./composer";
import { Facilitator } from "./facilitator";
import type { Item } from "./interface";
import { isNew } from "./item";
import { live } from "./live";
import { called, facilitates, find, focus, following, may, onlyNew, ordered, row, seen, show, stage, store,  } from "./room";
import { say } from "./words";

export const Panel = live(() => {
  return (
    <aside class="gt-panel" aria-label={say("panel")}>
      {stage.value === 2 && <Reading />}
      {facilitates() && <Facilitator />}
      <Actions />
      <Ranking />
      <Drafts />
      <People />
      <Bin />
    </aside>
  );
});

export function Part({ title, open, children }: { title: string; open?: boolean; children: ComponentChildren }) {
  return (
    <details class="gt-fold" open={open ?? false}>
      <summary><h2>{title}</h2></summary>
      <div>{children}</div>
    </details>
  );
}

/** In Reveal: only what is new to me. */
const Reading = live(() => {
  const fresh = ordered.value.flatMap(row).filter(isNew);
  return (
    <Part title={say("reading")} open>
      <Button pressed={onlyNew.value} act={() => (onlyNew.value = !onlyNew.value)}>{say("reading_new", { n: fresh.length })}</Button>{" "}
      {fresh.length > 0 && <Button act={() => (seen.value = new Set([...seen.value, ...fresh.map((item) => item.id)]))}>{say("reading_done")}</Button>}
    </Part>
  );
});

const Actions = live(() => {
  const actions = store.actions.value;
  if (stage.value < 5 || (stage.value === 5 && !facilitates() && !actions.length)) return null;
  return (
    <Part title={say("actions", { n: actions.length })} open>
      {may("action.propose") && <Button act={() => askAction({})}>{say("action_new")}</Button>}
      <ul class="gt-board-list">{actions.map((action) => <Action key={action.id} action={action} />)}</ul>
    </Part>
  );
});

const Action = live(({ action }: { action: Item }) => {
  const title = called(action);
  const claimed = action.claimed_by;
  const yours = claimed === store.you.value;
  const from = (action.sources ?? []).map((id) => find(id)).filter((item) => item !== undefined);
  return (
    <li class="gt-action" id={`at-${action.id}`} tabIndex={-1}>
      <p class="gt-words">{action.erased ? say("erased") : action.what}</p>
      <p class="gt-about">
        {action.as && action.as !== "action" && <span>{say(`as_${action.as}`)}</span>}
        {action.who && <span>{say("action_who_said", { who: action.who })}</span>}
        {action.due && <span>{say("action_due_said", { due: new Date(`${action.due}T12:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }) })}</span>}
        {claimed && <span>{yours ? say("claimed_you") : say("claimed_by", { who: store.people(claimed) || say("somebody") })}</span>}
        {store.stateOf(action.id) !== "saved" && <span>{say(`state_${store.stateOf(action.id)}`)}</span>}
      </p>
      {from.length > 0 && (
        <p class="gt-about">
          {say("action_sources")}{" "}
          {from.map((item) => (
            <a key={item.id} class="govuk-link" href={`#at-${item.id}`} onClick={(event) => (event.preventDefault(), show(item.id), focus(item.id))}>{called(item)}</a>
          ))}
        </p>
      )}
      <div class="gt-buttons">
        {!claimed && may("action.claim") && <Button about={title} act={() => void store.act("action.claim", action.id)}>{say("action_claim")}</Button>}
        {claimed && (yours || facilitates()) && may("action.release") && <Button about={title} act={() => void store.act("action.release", action.id)}>{say("action_release")}</Button>}
        {may("action.edit", action) && !action.erased && <Button about={title} act={() => askAction({ action })}>{say("act_edit")}</Button>}
        {may("action.delete", action) && <Button about={title} act={() => askDelete(action)}>{say("act_delete")}</Button>}
      </div>
    </li>
  );
});

/** From Discuss on: everything by votes, most first, with ties said. */
const Ranking = live(() => {
  if (stage.value < 5) return null;
  const items = ordered.value
    .flatMap((column) => store.childrenOf(column).value)
    .map((item) => ({ item, ...store.totals(item.id) }))
    .map((one) => ({ ...one, sum: (one.votes ?? 0) + one.room }))
    .filter((one) => one.sum > 0)
    .sort((one, other) => other.sum - one.sum);
  if (!items.length) return null;
  return (
    <Part title={say("ranking")} open={stage.value === 5}>
      <ol class="gt-ranking">
        {items.map(({ item, sum, room }) => (
          <li key={item.id}>
            <a class="govuk-link" href={`#at-${item.id}`} onClick={(event) => (event.preventDefault(), show(item.id), focus(item.id))}>{called(item)}</a>{" "}
            <span class="gt-about">
              <span>{say("votes", { n: sum })}</span>
              {room > 0 && <span>{say("of_room", { n: room })}</span>}
              {items.some((other) => other.item !== item && other.sum === sum) && <span>{say("tie")}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Part>
  );
});

const Drafts = live(() => {
  const drafts = store.drafts.value.filter((draft) => draft.id !== composing.value);
  if (!drafts.length) return null;
  return (
    <Part title={say("drafts", { n: drafts.length })} open>
      <p class="govuk-hint">{say("drafts_hint")}</p>
      <ul class="gt-board-list">
        {drafts.map((draft) => {
          const title = draft.text.slice(0, 60);
          return (
            <li class="gt-action" key={draft.id}>
              <p class="gt-words">{draft.text}</p>
              {draft.sentence && <p class="gt-about"><span>{draft.sentence}</span></p>}
              <div class="gt-buttons">
                {may("note.add") && <Button about={title} act={() => (store.dropDraft(draft.id), takeUp(draft.text))}>{say("draft_take")}</Button>}
                <Button about={title} act={() => void navigator.clipboard?.writeText(draft.text)}>{say("draft_copy")}</Button>
                <Button about={title} act={() => store.dropDraft(draft.id)}>{say("draft_drop")}</Button>
              </div>
            </li>
          );
        })}
      </ul>
    </Part>
  );
});

const People = live(() => {
  const people = [...store.everyone.value.values()].filter((person) => person.here).sort((one, other) => one.name.localeCompare(other.name));
  return (
    <Part title={say("people", { n: store.here.value })}>
      {!people.length && <p class="govuk-body">{say(store.board.value?.names === "hidden" ? "people_hidden" : "people_none")}</p>}
      <ul class="gt-people">
        {people.map((person) => {
          const yours = person.key === store.you.value;
          const on = following.value === person.key;
          return (
            <li key={person.key}>
              {person.name || say("somebody")} {yours && `(${say("you")}) `}
              {!yours && (
                <Button pressed={on} about={person.name || say("somebody")} act={() => (following.value = on ? "" : person.key)}>{say("follow")}</Button>
              )}
            </li>
          );
        })}
      </ul>
    </Part>
  );
});

const Bin = live(() => {
  const bin = store.bin.value;
  if (!bin.length) return null;
  return (
    <Part title={say("bin", { n: bin.length })}>
      <p class="govuk-hint">{say("bin_hint")}</p>
      <ul class="gt-board-list">
        {bin.map((item) => (
          <li class="gt-action" key={item.id}>
            <p class="gt-words">{called(item)}</p>
            {may("restore", item) && <Button about={called(item)} act={() => void store.act("restore", item.id)}>{say("restore")}</Button>}
          </li>
        ))}
      </ul>
    </Part>
  );
});
