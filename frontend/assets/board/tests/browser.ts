// What a browser has and Node has not, on a clock that the test turns: timers, sockets, fetch, storage, locks.
import type { Frame, World } from "./world";

type Doing = (...args: any[]) => void;

class Page extends EventTarget {
  visibilityState = "visible";
  documentElement = { lang: "en-GB" };
}

export class Browser {
  now: number;
  refuses = false;
  readonly page = new Page();
  readonly kept = new Map<string, unknown>();
  readonly locks = new Map<string, () => void>();
  onLine = true;
  private timers: { at: number; id: number; doing: Doing }[] = [];
  private count = 0;

  constructor(now: number, random: () => number, world: World) {
    this.now = now;
    const browser = this;
    const local = new Map<string, string>();
    const globals: Record<string, unknown> = {
      setTimeout: (doing: Doing, wait = 0, ...args: unknown[]) => this.later(wait, () => doing(...args)),
      clearTimeout: (id: number) => (this.timers = this.timers.filter((timer) => timer.id !== id)),
      window: this.page,
      document: this.page,
      location: { href: "http://board.test/w/ABCDEFGH/board" },
      localStorage: {
        getItem(key: string) {
          if (browser.refuses) throw new Error("refused");
          return local.get(key) ?? null;
        },
        setItem: (key: string, value: string) => void local.set(key, value),
      },
      navigator: {
        get onLine() {
          return browser.onLine;
        },
        locks: {
          request: (name: string, hold: () => Promise<void>) => {
            this.locks.set(name, () => {});
            return hold().then(() => this.locks.delete(name));
          },
          query: () => Promise.resolve({ held: [...this.locks.keys()].map((name) => ({ name })) }),
        },
      },
      crypto: { getRandomValues: (bytes: Uint8Array) => bytes.map(() => random() * 256) },
      indexedDB: this.database(),
      WebSocket: socketOf(world),
      fetch: fetchOf(world),
    };
    for (const [name, value] of Object.entries(globals)) {
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    }
    Math.random = random;
    Date.now = () => this.now;
  }

  later(wait: number, doing: Doing): number {
    this.timers.push({ at: this.now + Math.max(0, wait), id: ++this.count, doing });
    return this.count;
  }

  /** Let time pass, and everything happen that is due. */
  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await new Promise<void>((done) => setImmediate(done));
      const due = this.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!due) break;
      this.timers = this.timers.filter((timer) => timer !== due);
      this.now = Math.max(this.now, due.at);
      due.doing();
    }
    this.now = end;
  }

  /** The device sleeps: time passes and nothing runs; what was due is late. */
  sleep(ms: number): void {
    this.now += ms;
  }

  /** As much of IndexedDB as keeps keys and values: one store, requests that answer soon. */
  private database(): unknown {
    const browser = this;
    const soon = (request: any, doing: () => unknown) => {
      queueMicrotask(() => {
        request.result = doing();
        request.onsuccess?.();
        request.oncomplete?.();
      });
      return request;
    };
    const store = (transaction: object) => ({
      transaction,
      put: (value: unknown, key: string) => browser.kept.set(key, structuredClone(value)),
      delete: (key: string) => browser.kept.delete(key),
      getAll: () => soon({}, () => [...browser.kept.values()].map((value) => structuredClone(value))),
      getAllKeys: () => soon({}, () => [...browser.kept.keys()]),
    });
    return {
      open() {
        if (browser.refuses) throw new Error("IndexedDB is refused");
        return soon({}, () => ({
          transaction() {
            const transaction: any = soon({}, () => undefined);
            transaction.objectStore = () => store(transaction);
            return transaction;
          },
        }));
      },
    };
  }
}

const nameOf = (address: string) => new URL(address, "http://board.test").pathname.split("/")[2]!;

function socketOf(world: World) {
  return class {
    readyState = 0;
    onopen?: () => void;
    onmessage?: (event: { data: string }) => void;
    onclose?: (event: { code: number; reason: string }) => void;
    private readonly name: string;
    private readonly way;

    constructor(address: string) {
      if (!address.startsWith("ws")) throw new Error(`${address} is no address of a socket`);
      this.name = nameOf(address);
      const end = (code: number) => this.ends(code);
      this.way = { name: this.name, frame: (frame: Frame) => this.onmessage?.({ data: JSON.stringify(frame) }), end };
      const line = world.line(this.name);
      world.browser.later(line.slow, () => {
        if (this.readyState) return;
        if (line.down || line.blocked.has("socket")) return this.ends(1006);
        this.readyState = 1;
        world.connected(this.way);
        this.onopen?.();
      });
    }

    send(data: string) {
      world.up(this.name, JSON.parse(data));
    }

    close() {
      if (world.ways.get(this.name) === this.way) world.hangUp(this.name, 1005);
      this.ends(1005);
    }

    private ends(code: number) {
      if (this.readyState > 1) return;
      this.readyState = 3;
      world.browser.later(0, () => this.onclose?.({ code, reason: "" }));
    }
  };
}

function fetchOf(world: World) {
  return async (address: string, init: RequestInit): Promise<Response> => {
    const name = nameOf(address);
    const [path, query] = address.split("?");
    const what = path!.split("/")[3] as "events" | "poll" | "ops";
    const line = world.line(name);
    await new Promise<void>((done) => world.browser.later(world.delay(line), done));
    if (line.down || line.blocked.has(what) || world.random() < line.lose) throw new TypeError("no network");
    const device = (init.headers as Record<string, string>)["Board-Device"];
    const who = world.people.get(name)!;
    world.ask("meet", { name, ...who, device });
    const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
    if (what === "ops") {
      const frame = JSON.parse(init.body as string);
      line.said.push(frame);
      const answers: [string, Frame][] = world.ask("hear", { name, ...who, frame });
      world.fan();
      if (world.random() < line.lose) throw new TypeError("the answer was lost");
      return json(answers.map(([, answer]) => answer), answers[0]?.[1]["op_id"] === null ? 400 : 200);
    }
    const asked = new URLSearchParams(query);
    const since = asked.has("since") ? Number(asked.get("since")) : null;
    const frames: Frame[] = world.ask("greet", { name, since, epoch: asked.get("epoch") });
    line.heard.push(...frames);
    if (what === "poll") {
      world.ask("forget", { name });
      return json(frames.length > 1 ? frames : [world.ask("heartbeat")]);
    }
    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      start(stream) {
        // In pieces that end anywhere, as a network gives them.
        const frame = (it: Frame) => {
          const bytes = encoder.encode(`id: x\ndata: ${JSON.stringify(it)}\n\n`);
          const cut = Math.floor(world.random() * bytes.length);
          stream.enqueue(bytes.slice(0, cut));
          stream.enqueue(bytes.slice(cut));
        };
        let open = true;
        const end = () => {
          if (open) stream.close();
          open = false;
        };
        const way = { name, frame: (it: Frame) => open && frame(it), end };
        init.signal?.addEventListener("abort", () => {
          open = false;
          if (world.ways.get(name) === way) world.hangUp(name);
        });
        world.connected(way);
        frames.forEach(frame);
      },
    });
    return new Response(body, { status: 200 });
  };
}
