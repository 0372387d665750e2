// What becomes of a client on a bad connection, and of a server that fails.
import assert from "node:assert/strict";
import { test } from "node:test";

import { refused, type Answer } from "../store";
import { note, room, same, stage, World, type Frame } from "./world";

const WRITE = 1;

const texts = (world: World): string[] => world.ask("texts");

test("an ack that is lost: sent again, and nothing happens twice", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  note(world, ann, "before");
  world.browser.later(25, () => (world.line("ann").down = true));
  await world.run(1000);
  assert.equal(ann.waiting.value, 1);
  world.hangUp("ann");
  world.line("ann").down = false;
  await world.run(5000);
  same(world, "ann");
  assert.deepEqual(texts(world), ["before"]);
  const sent = world.line("ann").said.flatMap((frame) => (frame["ops"] as Frame[]) ?? []);
  assert(sent.length > 1);
  assert.equal(new Set(sent.map((op) => JSON.stringify(op))).size, 1, "the same op, word for word");
});

test("a gap is asked for, what came before is left out, and a lost last op is healed by the heartbeat", async () => {
  const world = await room(WRITE + 1, ["ann"]);
  const [ann, fay] = [world.stores.get("ann")!, world.stores.get("fay")!];
  const line = world.line("ann");
  line.lose = 1;
  void fay.act("column.edit", world.columns[0]!, { title: "Lost" });
  await world.run(200);
  line.lose = 0;
  void fay.act("column.edit", world.columns[1]!, { title: "Heard" });
  await world.run(200);
  assert.notEqual(ann.columns.value[1]!.title, "Heard");
  await world.run(1200);
  assert.deepEqual(line.said.at(-1)!["t"], "since");
  same(world);
  const before = ann.things.value;
  for (const frame of line.heard.filter((it) => it["t"] === "ops")) world.say("ann", frame);
  await world.run(100);
  assert.equal(ann.things.value, before, "nothing changes by what was heard before");
  line.lose = 1;
  void fay.act("column.edit", world.columns[0]!, { title: "The last" });
  await world.run(200);
  line.lose = 0;
  await world.run(12_000);
  assert.equal(ann.columns.value[0]!.title, "The last");
});

test("the server was restored from a backup: another history, the same outbox", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  const [ann, ben] = [world.stores.get("ann")!, world.stores.get("ben")!];
  note(world, ann, "in the backup");
  await world.run(200);
  const { seq } = world.sees("ann");
  note(world, ben, "after the backup");
  await world.run(200);
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, ann, "written while away");
  await world.run(3000);
  const polls = world.line("cat");
  polls.blocked.add("socket").add("events");
  const cat = await world.open("cat");
  await world.run(30_000);
  assert.equal(cat.connection.value, "polling");
  world.ask("restore", { upto: seq });
  world.hangUp("ben");
  world.hangUp("fay");
  world.line("ann").down = false;
  await world.run(40_000);
  same(world);
  assert.deepEqual(texts(world), ["in the backup", "written while away"]);
});

test("an epoch that is not ours, in any frame: connect anew, and not in a circle", async () => {
  const world = await room(WRITE, ["ann"]);
  const line = world.line("ann");
  const hellos = () => line.said.filter((frame) => frame["t"] === "hello").length;
  const before = hellos();
  world.say("ann", { t: "hint", epoch: "99999999-9999-4999-8999-999999999999", head_seq: 1 });
  await world.run(3000);
  assert.equal(hellos(), before + 1);
  same(world);
});

test("a phone asleep for twenty minutes", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  const [ann, ben] = [world.stores.get("ann")!, world.stores.get("ben")!];
  const line = world.line("ann");
  line.down = true;
  const ids = [1, 2, 3].map((n) => note(world, ann, `asleep ${n}`));
  void ann.act("note.edit", ids[0]!, { text: "asleep 1, better" });
  for (let n = 0; n < 20; n++) {
    note(world, ben, `awake ${n}`);
    await world.run(500);
  }
  world.browser.sleep(20 * 60_000);
  await world.run(6000);
  assert.equal(ann.connection.value, "offline");
  assert.equal(ann.stateOf(ids[2]!), "kept");
  line.down = false;
  world.browser.page.dispatchEvent(new Event("visibilitychange"));
  await world.run(5000);
  assert.equal(ann.connection.value, "live");
  same(world);
  assert.equal(texts(world).filter((text) => text.startsWith("asleep")).length, 3);
});

test("less is kept by the server than this client lacks: a snapshot replaces everything", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, world.stores.get("ben")!, "meanwhile");
  await stage(world, 3);
  world.ask("compact");
  world.line("ann").down = false;
  await world.run(10_000);
  same(world);
});

test("a server that has too much to do: kept, sent again with patience, in order, nothing to the drafts", async () => {
  for (const code of ["slow_down", "not_saved"]) {
    const world = await room(WRITE, ["ann"]);
    const ann = world.stores.get("ann")!;
    world.ask("tire", { code });
    const told: Promise<Answer>[] = [];
    for (let n = 0; n < 15; n++) {
      const id = ann.newId();
      told.push(ann.act("note.add", id, { column: world.columns[0], text: `note ${n}` }));
      told.push(ann.act("note.edit", id, { text: `note ${n}, edited` }));
    }
    await world.run(200_000);
    world.ask("tire", { code: null });
    await world.run(60_000);
    assert.deepEqual((await Promise.all(told)).filter(refused), []);
    assert.deepEqual(ann.drafts.value, []);
    same(world, "ann");
    assert.equal(texts(world).filter((text) => text.endsWith("edited")).length, 15);
  }
});

test("a long outbox goes up in pieces that the server takes", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  world.line("ann").down = true;
  world.hangUp("ann");
  for (let n = 0; n < 90; n++) note(world, ann, `${n} ${"€".repeat(1900)}`);
  world.line("ann").down = false;
  await world.run(40_000);
  same(world, "ann");
  assert.equal(texts(world).length, 90);
  const frames = world.line("ann").said.filter((frame) => frame["t"] === "ops");
  assert(frames.every((frame) => frame["ops"].length <= 20 && JSON.stringify(frame).length * 3 < 2 * 65_536));
  assert(frames.every((frame) => new TextEncoder().encode(JSON.stringify(frame)).length <= 64 * 1024));
});

test("sockets are blocked: events and POST; those too: polling and POST; and back when the network changes", async () => {
  const world = await room(WRITE, ["ben"]);
  for (const way of ["streaming", "polling"] as const) {
    const name = `ann.${way}`;
    const line = world.line(name);
    line.blocked.add("socket");
    if (way === "polling") line.blocked.add("events");
    const ann = await world.open(name);
    await world.run(30_000);
    assert.equal(ann.connection.value, way);
    note(world, ann, `by ${way}`);
    await world.run(500);
    assert.equal(ann.waiting.value, 0);
    note(world, world.stores.get("ben")!, `beside ${way}`);
    await world.run(6000);
    same(world, name);
    const refusal = ann.act("vote", ann.newId());
    await world.run(500);
    assert(refused(await refusal));
    line.blocked.clear();
    world.browser.page.dispatchEvent(new Event("online"));
    await world.run(300_000);
    assert.equal(ann.connection.value, "live");
    same(world, name);
  }
  assert.equal(texts(world).length, 4);
});

test("a short stop of the server does not leave everybody on a stream", async () => {
  const world = await room(WRITE, ["ann"]);
  const line = world.line("ann");
  line.blocked.add("socket");
  world.hangUp("ann", 1012);
  await world.run(10_000);
  assert.equal(world.stores.get("ann")!.connection.value, "streaming");
  line.blocked.clear();
  await world.run(130_000);
  assert.equal(world.stores.get("ann")!.connection.value, "live");
});

test("removed: the end is said, nothing comes back by itself, and what waits is kept", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  world.say("ann", { t: "bye", code: 4003, sentence: "The workshop was closed." });
  await world.run(100);
  assert.equal(ann.connection.value, "ended");
  assert.equal(ann.ended.value?.sentence, "The workshop was closed.");
  const hellos = world.line("ann").said.length;
  note(world, ann, "afterwards");
  await world.run(600_000);
  assert.equal(world.line("ann").said.length, hellos);
  assert.equal(ann.waiting.value, 1);
});

test("silence for 25 seconds is a lost connection, and reconnecting waits longer and longer", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  const states: string[] = [];
  ann.onEvent((event) => event.is === "connection" && states.push(event.state));
  world.line("ann").down = true;
  await world.run(24_000);
  assert.deepEqual(states, []);
  await world.run(20_000);
  assert.deepEqual(states, ["connecting", "offline"]);
  world.line("ann").down = false;
  await world.run(60_000);
  assert.equal(ann.connection.value, "live");
});

test("what the server cannot read goes to the drafts, alone, and holds up nothing", async () => {
  const world = await room(WRITE, ["ann"]);
  const ann = world.stores.get("ann")!;
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, ann, "before");
  note(world, ann, "half a character: \ud83d");
  note(world, ann, "after");
  world.line("ann").down = false;
  await world.run(40_000);
  assert.deepEqual(ann.drafts.value.map((draft) => draft.code), ["text_broken"]);
  assert.deepEqual(texts(world), ["after", "before"]);
  const told = { t: "rejected", op_id: null, code: "too_large", sentence: "Too large.", text: "drafts" };
  note(world, ann, "unread");
  await world.run(10);
  world.say("ann", told);
  await world.run(2000);
  same(world, "ann");
});

test("on plain HTTP, where there are no locks and no random UUIDs: what was left behind is sent once", async () => {
  const world = new World();
  Object.defineProperty(globalThis.navigator, "locks", { value: undefined });
  const ann = await world.open("ann");
  await stage(world, WRITE);
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, ann, "left behind");
  await world.run(100);
  world.kill("ann");
  const again = await world.open("ann");
  const tab = await world.open("ann.2");
  world.line("ann").down = false;
  await world.run(40_000);
  assert.deepEqual([again.waiting.value, tab.waiting.value], [0, 0]);
  same(world);
  assert.deepEqual(texts(world), ["left behind"]);
});

test("a page that is shown, or seen again, keeps its connection", async () => {
  const world = new World();
  const opening = world.open("ann");
  world.browser.page.dispatchEvent(new Event("pageshow"));
  await opening;
  await world.run(5000);
  world.browser.page.dispatchEvent(new Event("visibilitychange"));
  await world.run(1000);
  const said = world.line("ann").said.map((frame) => frame["t"]);
  assert.deepEqual(said, ["hello", "ping"]);
});

test("an op that was kept since before the server was restored is not ahead of it", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  for (let n = 0; n < 5; n++) note(world, world.stores.get("ben")!, `lost ${n}`);
  await world.run(500);
  world.line("ann").down = true;
  world.hangUp("ann");
  note(world, world.stores.get("ann")!, "kept");
  await world.run(100);
  world.kill("ann");
  world.ask("restore", { upto: 2 });
  world.hangUp("ben");
  world.hangUp("fay");
  world.line("ann").down = false;
  await world.open("ann");
  await world.run(40_000);
  same(world);
  assert.deepEqual(texts(world), ["kept"]);
});

test("acknowledged, not yet heard, and then lost with the server's last minutes: sent again", async () => {
  const world = await room(WRITE, ["ann"]);
  const [ann, line] = [world.stores.get("ann")!, world.line("ann")];
  const { seq } = world.sees("ann");
  line.deaf = (frame) => frame["t"] === "ops";
  const id = note(world, ann, "acknowledged");
  await world.run(200);
  assert.equal(ann.stateOf(id), "saved");
  world.ask("restore", { upto: seq });
  assert.deepEqual(texts(world), []);
  line.deaf = () => false;
  world.hangUp("ann");
  world.hangUp("fay");
  await world.run(5000);
  assert.deepEqual(texts(world), ["acknowledged"]);
  same(world);
});

test("of another history nothing is taken in before its snapshot has come", async () => {
  const world = await room(WRITE, ["ann", "ben"]);
  note(world, world.stores.get("ann")!, "gone with the history");
  await world.run(200);
  world.ask("restore", { upto: 2 });
  for (let n = 0; n < 6; n++) void world.stores.get("fay")!.act("column.edit", world.columns[0]!, { title: `${n}` });
  const line = world.line("ann");
  let snapshots = 0;
  line.deaf = (frame) => frame["t"] === "snapshot" && !snapshots++;
  for (const name of ["ann", "ben", "fay"]) world.hangUp(name);
  await world.run(40_000);
  assert(snapshots > 1);
  same(world);
});

test("by POST, too, ops arrive in their order", async () => {
  const world = await room(WRITE, ["ben"]);
  const line = world.line("ann");
  line.blocked.add("socket");
  const ann = await world.open("ann");
  await world.run(10_000);
  assert.equal(ann.connection.value, "streaming");
  const id = note(world, ann, "0");
  await world.run(1000);
  line.mix = 1;
  for (let n = 1; n <= 12; n++) {
    void ann.act("note.edit", id, { text: `${n}` });
    await world.run(60);
  }
  await world.run(60_000);
  assert.deepEqual(texts(world), ["12"]);
  assert.deepEqual(ann.drafts.value, []);
  same(world, "ann");
});
