// The bar of stages: where the workshop is, how long still, what the connection does, and undoing.
import { computed, effect, signal } from "@preact/signals";

import { Button } from "./button";
import { askStage, undo } from "./facilitating";
import { showHelp } from "./help";
import { live } from "./live";
import { called, facilitates, find, focus, jump, may, motionAllowed, page, show, stage, store } from "./room";
import { say } from "./words";

export const Stages = live(() => {
  const now = stage.value;
  return (
    <div class="gt-stages">
      <nav aria-label={say("stages")}>
        <p>{say(now ? "stage_of" : "stage_lobby", { at: now, of: 7, stage: say(`stage_${now}`) })}</p>
        <ol start={0}>
          {[0, 1, 2, 3, 4, 5, 6, 7].map((at) => (
            <li key={at} {...(at === now ? { "aria-current": "step" as const } : {})}>
              <span aria-hidden="true">{at}</span> {say(`stage_${at}`)}
            </li>
          ))}
        </ol>
      </nav>
      <div class="gt-buttons">
        <Timer />
        {may("stage.back") && <Button act={() => askStage(-1)}>{say("back_button")}</Button>}
        {may("stage.next") && <Button act={() => askStage(1)}>{say("next_button", { stage: say(`stage_${now + 1}`) })}</Button>}
        {may("undo") && <Button act={undo}>{say("undo")}</Button>}
        {may("undo") && <Button act={() => void store.redo()}>{say("redo")}</Button>}
        <Button act={showHelp}>{say("help")}</Button>
        <Line />
      </div>
    </div>
  );
});

/** What one needs to know and do in this stage, in a sentence. */
export const Task = live(() => {
  const board = store.board.value;
  const now = stage.value;
  const watching = store.role.value === "observer" || store.role.value === "screen";
  return (
    <div class="gt-task" id="at-task" tabIndex={-1}>
      {board?.prompt && <p class="gt-big">{board.prompt}</p>}
      <p class="govuk-body">
        {say(watching ? "task_watching" : `task_${now}`, { budget: board?.budget ?? 0, most: board?.most ?? 0 })}{" "}
        {now < 2 && say(board?.names === "hidden" ? "names_hidden" : "names_shown")}
      </p>
      {now === 4 && !watching && <p class="gt-big">{say("votes_left", { n: store.votesLeft.value, budget: board?.budget ?? 0 })}</p>}
      {now === 4 && <p class="govuk-body">{say("votes_cast", { n: store.counts.value.votes, voters: store.counts.value.voters })}</p>}
      {now === 7 && (
        <p class="govuk-body">
          {page.links.feedback && <a class="govuk-link" href={page.links.feedback}>{say("link_feedback")}</a>}{" "}
          {page.links.report && <a class="govuk-link" href={page.links.report}>{say("link_report")}</a>}
        </p>
      )}
      {board?.locked && now < 7 && <p class="govuk-inset-text">{say(facilitates() ? "locked_by_you" : "locked")}</p>}
    </div>
  );
});

/** Seconds that the timer has left, on the server's clock. */
const seconds = signal(0);

/** What runs beside the views: the clock, and following the spotlight. */
export function watchTime(): void {
  const look = (): void => void (seconds.value = Math.max(0, Math.ceil(((store.board.peek()?.timer?.ends ?? 0) - store.now()) / 1000)));
  setInterval(look, 500);
  effect(() => {
    if (store.board.value?.timer) look();
  });
  const target = computed(() => store.board.value?.spotlight);
  effect(() => {
    const id = target.value;
    if (id && jump.peek() === "on" && motionAllowed() && !document.activeElement?.matches("input, textarea")) requestAnimationFrame(() => show(id));
  });
}

const Timer = live(() => {
  const timer = store.board.value?.timer;
  if (!timer) return null;
  const on = find(timer.on);
  const clock = `${Math.floor(seconds.value / 60)}:${String(seconds.value % 60).padStart(2, "0")}`;
  return (
    <>
      <p class="gt-timer" role="timer">
        <span class="govuk-visually-hidden">{say("timer")} </span>
        <strong>{seconds.value ? clock : say("time_is_up")}</strong>
        {on && <span> {say("timer_for", { title: called(on) })}</span>}
      </p>
      {may("timer.extend") && (
        <>
          <Button act={() => void store.act("timer.extend", "board", { seconds: 60 })}>{say("timer_one")}</Button>
          <Button act={() => void store.act("timer.extend", "board", { seconds: 300 })}>{say("timer_five")}</Button>
          <Button act={() => void store.act("timer.stop", "board")}>{say("timer_stop")}</Button>
        </>
      )}
    </>
  );
});

/** The connection in words, and what waits. */
const Line = live(() => {
  const waiting = store.waiting.value;
  const connection = store.connection.value;
  return (
    <p class={`gt-line gt-line--${connection}`}>
      <span>{say(`connection_${connection}`)}</span>
      {waiting > 0 && connection !== "live" && <span>{say("waiting", { n: waiting })}</span>}
      {!store.remembers.value && waiting > 0 && <span>{say("remembers_nothing")}</span>}
      {store.paused.value && (
        <Button act={() => (store.paused.value = false)}>{say("paused", { n: store.changesWaiting.value })}</Button>
      )}
    </p>
  );
});

/** "Bring everyone here": a link, for everybody to follow or not. */
export const Spotlight = live(() => {
  const id = store.board.value?.spotlight;
  const item = find(id);
  if (!item) return null;
  const target = item.type === "comment" ? (item.on ?? item.id) : item.id;
  return (
    <div class="gt-spotlight" role="region" aria-label={say("spotlight")}>
      <p class="govuk-body">{say("spotlight_on", { title: called(item) })}</p>
      <a
        class="govuk-link"
        href={`#at-${target}`}
        onClick={(event) => {
          event.preventDefault();
          show(target);
          focus(target);
        }}
      >
        {say("go_there")}
      </a>
      {may("spotlight") && <Button act={() => void store.act("spotlight", "board", { on: null })}>{say("spotlight_off")}</Button>}
    </div>
  );
});
