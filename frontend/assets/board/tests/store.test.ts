// What a client shows, keeps and tells.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refused, type BoardEvent } from "../store";
import { note, room, same, stage, World } from "./world";

const WRITE = 1;

const texts = (world: World): string[] => world.ask("texts");

test("a note shows at once, is sent, answered and told, and nobody else has it before the reveal", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  const [ann, ben] = [world.stores.get("ann")!, world.stores.get("ben")!];
  const id = ann.newId();
  const told = ann.act("note.add", id, { column: world.columns[0], text: "Buses to clinics" });
  assert.equal(ann.thing(id).value?.text, "Buses to clinics");
  assert.equal(ann.stateOf(id), "sending");
  assert.deepEqual(ann.childrenOf(world.columns[0]!).value.map((it) => it.id), [id]);
  await world.run(200);
  assert(!refused(await told));
  assert.equal(ann.stateOf(id), "saved");
  await world.run(60_000);
  assert.equal(world.line("ann").said.filter((frame) => frame["t"] === "ops").length, 1, "sent once");
  assert(!JSON.stringify(world.line("ben").heard).includes("Buses"));
  assert(!ben.things.value.has(id));
  await stage(world, 3);
  assert.equal(ben.thing(id).value?.by, "ann");
  same(world);
});

test("a tab that is gone left an op behind: the next sends it; that of a living tab is left alone", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, ann, "the battery is empty");
  await world.run(100);
  const second = await world.open("ann.2");
  await world.run(500);
  assert.equal(second.waiting.value, 0, "the first tab lives");
  world.kill("ann");
  world.kill("ann.2");
  await world.run(100);
  const third = await world.open("ann.3");
  assert.equal(third.waiting.value, 1);
  await world.run(1000);
  same(world, "ann.3");
  assert.deepEqual(texts(world), ["the battery is empty"]);
  assert.equal([...world.browser.kept.keys()].length, 0);
});

test("whoever borrows this browser sends and finds nothing of whom it belongs to", async () => {
  const world = await room(WRITE, ["ann"]);
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, world.stores.get("ann")!, "of Ann");
  world.kill("ann");
  const ben = await world.open("ben");
  await world.run(1000);
  assert.equal(ben.waiting.value, 0);
  assert.deepEqual(texts(world), []);
});

test("a refused text is in the drafts, and stays there when the page is loaded again", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  const events: BoardEvent[] = [];
  ann.onEvent((event) => events.push(event));
  world.line("ann").down = true;
  world.hangUp("ann");
  const id = ann.newId();
  const told = ann.act("note.add", id, { column: world.columns[0], text: "Too late" });
  await world.run(100);
  await stage(world, 4);
  world.line("ann").down = false;
  await world.run(10_000);
  const answer = await told;
  assert(refused(answer) && answer.code === "not_in_stage");
  assert(!ann.things.value.has(id));
  assert.deepEqual(ann.drafts.value.map((it) => [it.text, it.code]), [["Too late", "not_in_stage"]]);
  assert(events.some((event) => event.is === "refused" && event.draft?.text === "Too late"));
  world.kill("ann");
  const again = await world.open("ann");
  const [draft] = again.drafts.value;
  assert.equal(draft?.text, "Too late");
  again.saveDraft("Later, then", draft);
  assert.equal(again.drafts.value.length, 1);
  again.dropDraft(draft!.id);
  await world.run(10);
  assert.equal(world.browser.kept.size, 0);
  await world.run(500);
  same(world);
});

test("an op without text that is refused is told and leaves no draft", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  const told = ann.act("vote", ann.newId());
  await world.run(200);
  assert(refused(await told));
  assert.deepEqual(ann.drafts.value, []);
});

test("what is too long to be sent at all is refused here, and kept as a draft", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  const told = await ann.act("note.add", ann.newId(), { column: world.columns[0], text: "€".repeat(30_000) });
  assert(refused(told) && told.code === "too_large" && told.sentence === "This is too long to be sent.");
  assert.equal(ann.drafts.value[0]?.text.length, 30_000);
  assert.equal(ann.waiting.value, 0);
});

test("storage is refused: everything works from memory, the page says so and asks before it closes", async () => {
  const world = new World();
  world.browser.refuses = true;
  const ann = await world.open("ann");
  assert.equal(ann.remembers.value, false);
  await stage(world, WRITE);
  const closing = new Event("beforeunload", { cancelable: true });
  world.browser.page.dispatchEvent(closing);
  assert.equal(closing.defaultPrevented, false);
  world.line("ann").down = true;
  note(world, ann, "in memory");
  world.browser.page.dispatchEvent(closing);
  assert.equal(closing.defaultPrevented, true);
  world.line("ann").down = false;
  world.hangUp("ann");
  await world.run(3000);
  same(world);
});

test("two tabs of one person: each sees what the other does, and it is not told as somebody else's", async () => {
  const world = await room(4, ["ann"]);
  const second = await world.open("ann.2");
  await world.run(200);
  const events: BoardEvent[] = [];
  second.onEvent((event) => events.push(event));
  const fay = world.stores.get("fay")!;
  const paper = fay.newId();
  void fay.act("paper.add", paper, { column: world.columns[0], text: "On paper" });
  await world.run(200);
  assert.deepEqual(events.map((event) => event.is), ["remote"]);
  void world.stores.get("ann")!.act("vote", paper, { count: 2 });
  await world.run(200);
  assert.equal(second.votesLeft.value, 3);
  assert.deepEqual(second.totals(paper), { votes: undefined, room: 0, mine: 2 });
  assert.equal(events.length, 1);
  same(world);
});

test("pause freezes others' changes, not one's own, not the stage; and all is there afterwards", async () => {
  const world = await room(3, ["ann"]);
  const [ann, fay] = [world.stores.get("ann")!, world.stores.get("fay")!];
  const add = (text: string) => {
    const id = fay.newId();
    void fay.act("paper.add", id, { column: world.columns[0], text });
    return id;
  };
  const [one, two] = [add("one"), add("two")];
  await world.run(200);
  ann.paused.value = true;
  const three = add("three");
  const group = ann.newId();
  void ann.act("group.make", group, { notes: [one, two], title: "Both" });
  await world.run(200);
  assert(!ann.things.value.has(three));
  assert.equal(ann.changesWaiting.value, 1);
  assert.deepEqual(ann.childrenOf(group).value.map((it) => it.text), ["one", "two"]);
  void fay.act("stage.next", "board", { from: 3 });
  await world.run(200);
  assert.equal(ann.board.value!.stage, 4);
  ann.paused.value = false;
  assert.equal(ann.changesWaiting.value, 0);
  same(world);
});

test("the clock is the server's, and a timer says when it is nearly over", async () => {
  const world = new World();
  world.skew = -3_600_000;
  const ann = await world.open("ann");
  await stage(world, WRITE);
  assert(Math.abs(ann.now() - (world.browser.now + world.skew)) < 100);
  const marks: number[] = [];
  ann.onEvent((event) => event.is === "timer" && marks.push(event.left));
  void world.stores.get("fay")!.act("timer.start", "board", { seconds: 400 });
  await world.run(110_000);
  assert.deepEqual(marks, [300]);
  await world.run(300_000);
  assert.deepEqual(marks, [300, 60, 10, 0]);
});

test("who is here, by name where names are shown", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  const events: BoardEvent[] = [];
  ann.onEvent((event) => event.is === "presence" && events.push(event));
  const ben = { key: "ben", name: "Ben", here: true };
  world.say("ann", { t: "presence", here: 1, all: true, people: [{ key: "ann", name: "Ann", here: true }] });
  await world.run(30);
  world.say("ann", { t: "presence", here: 2, people: [ben] });
  await world.run(30);
  world.say("ann", { t: "presence", here: 1, people: [{ ...ben, here: false }] });
  await world.run(30);
  assert.equal(ann.here.value, 1);
  assert.equal(ann.people("ben"), "Ben");
  assert.equal(ann.people("nobody"), "");
  const told = events.map((event) => event.is === "presence" && [event.joined.length, event.left.length]);
  assert.deepEqual(told, [[1, 0], [0, 1]]);
});
