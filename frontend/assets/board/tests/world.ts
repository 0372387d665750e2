// A world for the client: one clock, a browser's globals, a network that loses, doubles and reorders, and at its other
// end the engine itself, in Python, behind two pipes. Repeatable: every chance is drawn from one seed.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { after } from "node:test";

import { createStore, type Config, type Role, type Store } from "../store";
import { Browser } from "./browser";

export type Frame = Record<string, any>;
export const START = 1_795_435_200_000;

class Engine {
  private readonly folder = mkdtempSync("/tmp/board-");
  private readonly questions: number;
  private readonly answers: number;
  private rest = "";

  constructor() {
    const [questions, answers] = [`${this.folder}/questions`, `${this.folder}/answers`];
    execFileSync("mkfifo", [questions, answers]);
    const python = process.env["PYTHON"] ?? "python3";
    const child = spawn(python, ["-m", "tests.frontend.board_room", questions, answers], {
      cwd: process.env["ROOT"] ?? process.cwd(),
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.unref();
    this.questions = openSync(questions, "w");
    this.answers = openSync(answers, "r");
  }

  ask(name: string, args: object = {}): any {
    writeSync(this.questions, JSON.stringify([name, args]) + "\n");
    const buffer = new Uint8Array(1 << 16);
    const text = new TextDecoder();
    while (!this.rest.includes("\n")) {
      const count = readSync(this.answers, buffer);
      if (!count) throw new Error(`the engine ended at ${name}`);
      this.rest += text.decode(buffer.subarray(0, count), { stream: true });
    }
    const end = this.rest.indexOf("\n");
    const line = this.rest.slice(0, end);
    this.rest = this.rest.slice(end + 1);
    return JSON.parse(line);
  }

  close(): void {
    closeSync(this.questions);
    closeSync(this.answers);
    rmSync(this.folder, { recursive: true });
  }
}

let engine: Engine | undefined;
after(() => engine?.close());

/** Repeatable chance (mulberry32). */
export function chance(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How the way between one client and the server behaves. Shares are of frames; times are milliseconds. */
export class Line {
  down = false;
  readonly blocked = new Set<"socket" | "events" | "poll" | "ops">();
  lose = 0;
  double = 0;
  mix = 0;
  slow = 20;
  /** Frames of the server that get lost. */
  deaf: (frame: Frame) => boolean = () => false;
  /** Everything the server said, and every op that went up. */
  readonly heard: Frame[] = [];
  readonly said: Frame[] = [];
}

interface Way {
  readonly name: string;
  frame(frame: Frame): void;
  end(code: number): void;
}

export class World {
  readonly random: () => number;
  readonly browser: Browser;
  readonly lines = new Map<string, Line>();
  readonly people = new Map<string, { person: string; role: Role }>();
  readonly ways = new Map<string, Way>();
  readonly stores = new Map<string, Store>();
  readonly columns: string[];
  readonly board: string;
  /** The server's clock is this much ahead of the device's. */
  skew = 0;
  private readonly engine: Engine;

  constructor({ seed = 1, rules = {} }: { seed?: number; rules?: object } = {}) {
    this.random = chance(seed);
    this.browser = new Browser(START, this.random, this);
    this.engine = engine ??= new Engine();
    const started = this.engine.ask("start", { rules, seed });
    this.columns = started.columns;
    this.board = started.board;
    const beat = () => {
      for (const [name, way] of this.ways) this.deliver(name, way, this.ask("heartbeat"));
      this.browser.later(10_000, beat);
    };
    this.browser.later(10_000, beat);
  }

  ask(name: string, args: object = {}): any {
    this.engine.ask("pass_time", { now: this.browser.now + this.skew });
    return this.engine.ask(name, args);
  }

  line(name: string): Line {
    if (!this.lines.has(name)) this.lines.set(name, new Line());
    return this.lines.get(name)!;
  }

  /** A page somebody opens. `name` is of the page: "ann" and "ann.2" are two tabs of Ann. */
  async open(name: string, role: Role = "participant", more: Partial<Config> = {}): Promise<Store> {
    const person = name.split(".")[0]!;
    this.people.set(name, { person, role });
    const store = createStore({
      board: this.board,
      code: "ABCDEFGH",
      socket: `/live/${name}/socket`,
      ops: `/live/${name}/ops`,
      events: `/live/${name}/events`,
      poll: `/live/${name}/poll`,
      csrf: "token",
      you: person,
      role,
      words: { too_large: "This is too long to be sent." },
      ...more,
    });
    this.stores.set(name, store);
    await store.start();
    return store;
  }

  /** The page is gone, as when a battery is empty. */
  kill(name: string): void {
    const store = this.stores.get(name)!;
    this.stores.delete(name);
    store.stop();
    this.hangUp(name);
  }

  run(ms: number): Promise<void> {
    return this.browser.run(ms);
  }

  /** The server closes a connection. */
  hangUp(name: string, code = 1006): void {
    const way = this.ways.get(name);
    this.ways.delete(name);
    this.ask("forget", { name });
    way?.end(code);
  }

  say(name: string, frame: Frame): void {
    const way = this.ways.get(name);
    if (way) this.deliver(name, way, frame);
  }

  sees(name: string): { things: Record<string, Frame>; counts: Frame; seq: number } {
    return this.ask("sees", { name });
  }

  // The network

  connected(way: Way): void {
    this.ways.set(way.name, way);
  }

  /** Something comes up from a client. */
  up(name: string, frame: Frame): void {
    const line = this.line(name);
    line.said.push(frame);
    const times = this.random() < line.lose ? 0 : this.random() < line.double ? 2 : 1;
    for (let n = 0; n < times; n++) this.browser.later(this.delay(line), () => this.arrive(name, frame));
  }

  private arrive(name: string, frame: Frame): void {
    if (this.line(name).down || !this.ways.has(name)) return;
    const answers: [string, Frame][] = this.ask("hear", { name, ...this.people.get(name), frame });
    for (const [to, answer] of answers) this.say(to, answer);
    this.fan();
  }

  /** What became true goes to everybody who is connected. */
  fan(): void {
    for (const [to, frame] of this.ask("fan", { names: [...this.ways.keys()] }) as [string, Frame][]) this.say(to, frame);
  }

  private deliver(name: string, way: Way, frame: Frame): void {
    const line = this.line(name);
    const times = line.deaf(frame) || this.random() < line.lose ? 0 : this.random() < line.double ? 2 : 1;
    for (let n = 0; n < times; n++) {
      this.browser.later(this.delay(line), () => {
        if (line.down || this.ways.get(name) !== way) return;
        line.heard.push(frame);
        way.frame(frame);
      });
    }
  }

  delay(line: Line): number {
    return line.slow + (this.random() < line.mix ? this.random() * 3000 : 0);
  }
}

/** A picture as the server says it: without what the client adds. */
export function plain(things: ReadonlyMap<string, object>): Record<string, object> {
  const out: Record<string, object> = {};
  for (const [id, thing] of things) {
    const { id: _, ...rest } = thing as Frame;
    out[id] = rest;
  }
  return out;
}

/** Fay takes the board to a stage. */
export async function stage(world: World, goal: number): Promise<void> {
  const fay = world.stores.get("fay") ?? (await world.open("fay", "facilitator"));
  await world.run(100);
  while (fay.board.value!.stage! < goal) {
    const told = fay.act("stage.next", "board", { from: fay.board.value!.stage });
    await world.run(200);
    assert.equal((await told).t, "ack");
  }
}

/** A room in a stage, with people in it. */
export async function room(goal: number, names: string[], options: ConstructorParameters<typeof World>[0] = {}) {
  const world = new World(options);
  for (const name of names) await world.open(name);
  await stage(world, goal);
  return world;
}

export function note(world: World, store: Store, text: string, column = 0): string {
  const id = store.newId();
  void store.act("note.add", id, { column: world.columns[column], text });
  return id;
}

/** What the client shows is what the server says it may see. */
export function same(world: World, ...names: string[]): void {
  for (const name of names.length ? names : world.stores.keys()) {
    const store = world.stores.get(name)!;
    assert.equal(store.waiting.value, 0, `${name} still waits`);
    assert.deepEqual(plain(store.things.value), world.sees(name).things, name);
  }
}
