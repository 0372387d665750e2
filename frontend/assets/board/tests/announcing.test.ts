import assert from "node:assert/strict";
import { test } from "node:test";

import { announce, type Announcer, type Verbosity } from "../announcing";
import type { Store } from "../store";
import { speak } from "../words";
import { note, room, stage, World } from "./world";

const WORDS: Record<string, string> = {
  say_note_added: "Note added to %(column)s, %(place)s of %(all)s.",
  say_moved: "Moved to %(column)s, %(place)s of %(all)s.",
  "say_grouped.other": "Grouped with ‘%(title)s’, %(n)s notes.",
  say_voted: "Voted. %(left)s of %(budget)s votes left.",
  say_deleted: "Deleted.",
  say_undone: "Undone.",
  "say_new_notes.one": "%(n)s new note: %(where)s.",
  "say_new_notes.other": "%(n)s new notes: %(where)s.",
  "say_in_column.one": "%(n)s in %(column)s",
  "say_in_column.other": "%(n)s in %(column)s",
  say_visible: "Notes are now visible.",
  say_joined: "%(names)s joined. %(here)s here.",
  "say_came.other": "%(n)s people joined. %(here)s here.",
  say_stage: "Stage %(stage)s of 7: %(name)s.",
  stage_3: "Group",
  stage_4: "Vote",
  "say_minutes.other": "%(n)s minutes.",
  "say_left_minutes.one": "%(n)s minute left.",
  "say_left_minutes.other": "%(n)s minutes left.",
  "say_left_seconds.other": "%(n)s seconds left.",
  say_time_up: "Time is up. You can still finish your note.",
  say_offline: "Offline. Notes are kept on this device.",
  say_online: "Back online.",
  "say_sent.other": "Back online. %(n)s notes sent.",
  say_locked: "The facilitator locked editing.",
  say_drafted: "Your text is in your drafts.",
};

/** What is heard, in order, with where it was said. */
function listen(store: Store, verbosity: Verbosity): { heard: string[]; voice: Announcer } {
  speak(WORDS, "en-GB");
  const heard: string[] = [];
  const place = (kind: string) => {
    let text = "";
    return {
      get textContent() {
        return text;
      },
      set textContent(said: string) {
        text = said;
        if (!said) return;
        heard.push(`${kind}: ${said.trim()}`);
      },
    } as unknown as HTMLElement;
  };
  const voice = announce(store, place("status"), place("alert"));
  voice.verbosity = verbosity;
  return { heard, voice };
}

function paper(world: World, column: number): string {
  const fay = world.stores.get("fay")!;
  const id = fay.newId();
  void fay.act("paper.add", id, { column: world.columns[column], text: `Paper ${column}` });
  return id;
}

test("one's own doings, at once and with where they went", async () => {
  const world = await room(1, ["ann"]);
  const ann = world.stores.get("ann")!;
  const { heard } = listen(ann, "quiet");
  note(world, ann, "One");
  await world.run(300);
  const second = note(world, ann, "Two");
  await world.run(300);
  void ann.act("note.move", second, { into: world.columns[1] });
  await world.run(300);
  void ann.undo();
  await world.run(300);
  assert.deepEqual(heard, [
    "status: Note added to Column 0, 1 of 1.",
    "status: Note added to Column 0, 2 of 2.",
    "status: Moved to Column 1, 1 of 1.",
    "status: Undone.",
  ]);
});

test("grouping, voting, deleting", async () => {
  const world = await room(3, ["ann"]);
  const ann = world.stores.get("ann")!;
  const [one, two] = [paper(world, 0), paper(world, 0)];
  await world.run(6000);
  const { heard } = listen(ann, "important");
  const group = ann.newId();
  void ann.act("group.make", group, { notes: [one, two], title: "Transport" });
  await world.run(300);
  await stage(world, 4);
  void ann.act("vote", group, { count: 3 });
  await world.run(300);
  assert.deepEqual(heard, [
    "status: Grouped with ‘Transport’, 2 notes.",
    "alert: Stage 4 of 7: Vote.",
    "status: Voted. 2 of 5 votes left.",
  ]);
});

test("what others write is gathered for five seconds; a quiet page says nothing of it", async () => {
  const world = await room(3, ["ann", "ben"]);
  const [important, quiet] = [listen(world.stores.get("ann")!, "important"), listen(world.stores.get("ben")!, "quiet")];
  for (const column of [0, 0, 1, 0, 0, 1]) {
    paper(world, column);
    await world.run(400);
  }
  assert.deepEqual(important.heard, []);
  await world.run(5000);
  assert.deepEqual(important.heard, ["status: 6 new notes: 4 in Column 0, 2 in Column 1."]);
  assert.deepEqual(quiet.heard, []);
});

test("a stage, a reveal, a lock: alerts, in one go where they come together", async () => {
  const world = await room(1, ["ann", "ben"]);
  note(world, world.stores.get("ben")!, "Hidden");
  await stage(world, 2);
  const { heard } = listen(world.stores.get("ann")!, "quiet");
  await stage(world, 3);
  void world.stores.get("fay")!.act("lock", "board", { editing: true });
  await world.run(300);
  assert.deepEqual(heard, [
    "alert: Stage 3 of 7: Group. Notes are now visible.",
    "alert: The facilitator locked editing.",
  ]);
});

test("offline and back, with how much was sent", async () => {
  const world = await room(1, ["ann"]);
  const ann = world.stores.get("ann")!;
  const { heard } = listen(ann, "quiet");
  world.browser.page.dispatchEvent(new Event("offline"));
  world.line("ann").down = true;
  await world.run(300);
  note(world, ann, "One");
  note(world, ann, "Two");
  await world.run(20_000);
  world.line("ann").down = false;
  await world.run(40_000);
  assert.deepEqual(heard.filter((it) => !it.includes("added")), [
    "alert: Offline. Notes are kept on this device.",
    "status: Back online. 2 notes sent.",
  ]);
});

test("a refusal says why, and where the text is", async () => {
  const world = await room(1, ["ann"]);
  const ann = world.stores.get("ann")!;
  const { heard } = listen(ann, "quiet");
  void ann.act("note.add", ann.newId(), { column: world.columns[0], text: "x".repeat(2001) });
  await world.run(500);
  assert.deepEqual(heard.slice(-1), [
    "alert: This is 2001 characters long. The most is 2000. Your text is in your drafts.",
  ]);
});

test("a timer, and who comes, where everything is wanted", async () => {
  const world = await room(1, ["ann"]);
  const ann = world.stores.get("ann")!;
  const present = (here: number, ...names: string[]) =>
    world.say("ann", { t: "presence", here, people: names.map((name) => ({ key: name, name, here: true })) });
  present(2, "Fay", "Ann");
  await world.run(100);
  const { heard } = listen(ann, "everything");
  present(3, "Priya");
  await world.run(10_500);
  present(14);
  await world.run(10_500);
  void world.stores.get("fay")!.act("timer.start", "board", { seconds: 120 });
  await world.run(130_000);
  assert.deepEqual(heard, [
    "status: Priya joined. 3 here.",
    "status: 11 people joined. 14 here.",
    "status: 2 minutes.",
    "status: 1 minute left.",
    "status: 10 seconds left.",
    "alert: Time is up. You can still finish your note.",
  ]);
});
