// Random sessions: what is shown before an answer is what the answer says, and whatever the network does, in the end
// everybody's picture is the server's, no text is lost, and none is there twice.
import assert from "node:assert/strict";
import { test } from "node:test";

import type { Item, Kind, Store } from "../store";
import { chance, plain, room, World, type Frame } from "./world";

const MARKS = ["agree", "unsure", "disagree", "none"];

/** Something that somebody might do now, possible or not. */
function idea(store: Store, random: () => number, text: () => string): [Kind, string, Record<string, unknown>] {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];
  const all = [...store.things.value.values()];
  const some = (type: string, more: (item: Item) => unknown = () => true) =>
    pick(all.filter((item) => item.type === type && !item.deleted && more(item)))?.id ?? store.newId();
  const column = some("column");
  const [one, two] = [some("note"), some("note")];
  const group = some("group");
  const mine = some("note", (item) => item.mine);
  const item = random() < 0.5 ? some("note", (it) => store.thing(it.in!).value?.type === "column") : group;
  const place = random() < 0.5 ? {} : { after: random() < 0.3 ? null : one };
  const full = some("group", (it) => store.childrenOf(it.id).value.length > 1);
  const inGroup = store.childrenOf(group).value.map((it) => it.id);
  const ideas: [Kind, string, Record<string, unknown>][] = [
    ["note.add", store.newId(), { column, text: text(), ...place }],
    ["note.add", store.newId(), { column, text: text(), pattern: 3 }],
    ["note.edit", mine, { text: text() }],
    ["note.move", random() < 0.5 ? mine : one, { into: random() < 0.7 ? column : group, ...place }],
    ["note.delete", mine, {}],
    ["restore", pick(store.bin.value)?.id ?? one, {}],
    ["group.make", store.newId(), { notes: [...new Set([one, two])], title: "A group" }],
    ["group.join", group, { notes: [one] }],
    ["group.name", group, { title: random() < 0.5 ? "Named" : null }],
    ["group.move", group, { into: column, ...place }],
    ["group.split", full, { as: store.newId(), notes: [store.childrenOf(full).value[1]?.id ?? one] }],
    ["ungroup", group, random() < 0.5 ? {} : { notes: inGroup.slice(0, 1) }],
    ["merge", one, { into: two }],
    ["merge", group, { into: some("group") }],
    ["vote", item, { count: 1 + Math.floor(random() * 2) }],
    ["unvote", pick(all.filter((it) => it.my_votes))?.id ?? item, {}],
    ["room.votes", item, { count: Math.floor(random() * 9) }],
    ["comment.add", store.newId(), { on: item, text: text() }],
    ["comment.edit", some("comment", (it) => it.mine), { text: text() }],
    ["comment.delete", some("comment", (it) => it.mine), {}],
    ["react", item, { mark: pick(MARKS) }],
    ["action.propose", store.newId(), { what: "To do", who: "Somebody", sources: [item] }],
    ["action.edit", some("action"), { due: "2027-03-31" }],
    ["action.claim", some("action"), {}],
    ["action.release", some("action"), {}],
    ["action.delete", some("action"), {}],
    ["column.add", store.newId(), { title: "Another" }],
    ["column.edit", column, { title: "Renamed", prompt: null }],
    ["column.move", column, { after: random() < 0.5 ? null : some("column") }],
    ["column.delete", column, {}],
    ["paper.add", store.newId(), { column, text: text() }],
    ["lock", "board", { editing: random() < 0.3 }],
    ["spotlight", "board", { on: random() < 0.5 ? null : item }],
    ["reveal", "board", {}],
    ["timer.start", "board", { seconds: 60 }],
    ["undo", "board", {}],
    ["redo", "board", {}],
  ];
  return pick(ideas)!;
}

// What cannot be known before the server says it.
const UNKNOWN = new Set(["order", "at", "n", "deleted", "votes", "agree", "unsure", "disagree"]);
const GUESSED = /^(?!stage|timer|reveal|undo|redo)/;

/** A picture as far as it can be guessed: rows as lists, and what each thing says. */
function essence(things: ReadonlyMap<string, Item>, store: Store) {
  const rows: Record<string, string[]> = {};
  const said: Record<string, Frame> = {};
  for (const [id, item] of things) {
    if (item.type === "column" || item.type === "group") rows[id] = store.childrenOf(id).value.map((it) => it.id);
    said[id] = Object.fromEntries(Object.entries(item).filter(([key]) => !UNKNOWN.has(key)));
    if (item.deleted) said[id] = { deleted: true, into: item.into, with: item.with };
  }
  return { rows, said };
}

test("what is shown before the answer is what the answer says", async () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const names = seed % 3 ? "shown" : "hidden";
    const totals = seed % 2 ? "hidden" : "shown";
    const world = await room(1, ["ann"], { seed, rules: { names, totals } });
    const fay = world.stores.get("fay")!;
    const random = chance(seed * 977);
    let count = 0;
    for (let turn = 0; turn < 300; turn++) {
      const [kind, target, props] = idea(fay, random, () => `text ${count++}`);
      let answer;
      const asked = fay.act(kind, target, props).then((it) => (answer = it));
      const guess = essence(fay.things.value, fay);
      await world.run(100);
      await asked;
      if ((answer as unknown as Frame)["t"] === "ack" && GUESSED.test(kind)) {
        kinds.add(kind);
        assert.deepEqual(guess, essence(fay.things.value, fay), `seed ${seed}, turn ${turn}: ${kind} ${JSON.stringify(props)}`);
      }
      assert.deepEqual(plain(fay.things.value), world.sees("fay").things);
      if (turn % 50 === 49) {
        void fay.act("stage.next", "board", { from: fay.board.value!.stage });
        await world.run(100);
      }
    }
    fay.stop();
  }
  assert(kinds.size >= 28, `only ${[...kinds].join(" ")}`);
});

test("whatever the network does, all are equal in the end, nothing is lost and nothing is there twice", async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const random = chance(seed * 7919);
    const rules = { names: seed % 3 ? "shown" : "hidden", totals: seed % 2 ? "hidden" : "shown" };
    const world: World = await room(1, ["ann", "ben"], { seed, rules });
    const written = new Map<string, string[]>();
    const names = ["ann", "ben", "fay"];
    let count = 0;
    for (const name of names) {
      const line = world.line(name);
      if (seed % 5) [line.lose, line.double, line.mix] = [random() * 0.15, random() * 0.15, random() * 0.3];
      line.slow = 5 + random() * 200;
      if (random() < 0.15) line.blocked.add("socket");
      if (random() < 0.1) line.blocked.add("events");
      written.set(name, []);
    }
    for (let turn = 0; turn < 160; turn++) {
      const name = names[Math.floor(random() * 3)]!;
      const store = world.stores.get(name)!;
      const [kind, target, props] = idea(store, random, () => `text ${seed}.${count++}`);
      // Every text is to be found again, so none is written over.
      if (/^(note|comment).edit$/.test(kind)) continue;
      void store.act(kind, target, props);
      if (/^(note|paper|comment).add$/.test(kind)) written.get(name)!.push(props["text"] as string);
      if (random() < 0.04) world.line(name).down = !world.line(name).down;
      if (random() < 0.03) world.hangUp(name);
      if (random() < 0.03) store.paused.value = !store.paused.value;
      if (random() < 0.02) world.ask("compact");
      if (random() < 0.02) world.ask("tire", { code: random() < 0.5 ? null : "slow_down" });
      if (random() < 0.02) world.browser.sleep(60_000 * random());
      if (random() < 0.02) {
        // The battery is empty; the same person comes back.
        const role = store.role.value;
        world.kill(name);
        await world.open(name, role);
      }
      if (turn % 26 === 25) {
        const fay = world.stores.get("fay")!;
        void fay.act("stage.next", "board", { from: fay.board.value?.stage ?? 0 });
      }
      await world.run(random() * 900);
    }
    world.ask("tire", { code: null });
    for (const name of names) {
      const line = world.line(name);
      line.down = false;
      [line.lose, line.double, line.mix] = [0, 0, 0];
      line.blocked.clear();
      world.stores.get(name)!.paused.value = false;
    }
    await world.run(120_000);
    const kept: string[] = world.ask("texts");
    for (const name of names) {
      const store = world.stores.get(name)!;
      assert.equal(store.waiting.value, 0, `seed ${seed}: ${name} waits`);
      assert.deepEqual(plain(store.things.value), world.sees(name).things, `seed ${seed}: ${name}`);
      const everywhere = [...kept, ...store.drafts.value.map((draft) => draft.text)];
      for (const text of written.get(name)!) {
        const times = everywhere.filter((it) => it === text).length;
        assert.equal(times, 1, `seed ${seed}: ${text} is there ${times} times`);
      }
    }
    assert.equal(new Set(kept).size, kept.length, `seed ${seed}: doubles`);
    world.stores.forEach((store) => store.stop());
  }
});
