// The way to the server: a socket; where that is blocked, a stream and POST; where that is, polling and POST. The same
// frames on each. It opens, listens for silence and opens again; what frames mean is the store's business.
import { signal, type ReadonlySignal } from "@preact/signals";

import type { Answer, Config, Connection } from "./interface";
import type { AskedOp, Bye, ClientFrame, ServerFrame } from "./protocol";

const POLL = 2; // the last of the ways
const SILENCE = 25_000;
const PATIENCE = 10_000; // for a welcome
const POLLING = 5_000;
const LATER = 120_000; // until a socket is tried again where none has worked; doubles
const SOON = 10_000; // where one has: the network was away, not sockets blocked

/** Codes after which nobody comes back by themselves, and those that ask for patience. */
const FINAL = [4003, 4004];
const SLOW = [4000, 4009, 4029];

export interface Ear {
  /** What this client holds, for the server to go on from. */
  holds(): { since?: number; epoch?: string };
  hear(frame: ServerFrame): void;
  /** There is a new connection, and it works. */
  connected(): void;
  /** These were not taken to the server: send them again later. */
  unsent(ops: readonly AskedOp[]): void;
}

export interface Wire {
  readonly state: ReadonlySignal<Connection>;
  readonly ended: ReadonlySignal<Bye | null>;
  open(): void;
  /** False: not now. */
  send(ops: AskedOp[]): boolean;
  /** Ask for everything after what is held. */
  ask(): void;
  /** Close, and connect anew at once. */
  renew(): void;
  close(): void;
}

interface Carrier {
  send(frame: ClientFrame): void;
  close(): void;
}

type Lost = (code?: number, sentence?: string) => void;

function read(data: string): ServerFrame | undefined {
  try {
    return JSON.parse(data) as ServerFrame;
  } catch {
    return undefined; // Half a message: what it held is asked for again.
  }
}

export function createWire(config: Config, device: string, ear: Ear): Wire {
  const state = signal<Connection>("connecting");
  const ended = signal<Bye | null>(null);
  let carrier: Carrier | undefined;
  let mode = 0;
  let failures = 0;
  let tries = 0;
  let welcomed = false;
  let heardAt = 0;
  let openedAt = 0;
  let again = LATER;
  let timers: Partial<Record<"open" | "silence" | "offline" | "socket", ReturnType<typeof setTimeout>>> = {};

  function after(name: keyof typeof timers, wait: number, doing: () => void) {
    clearTimeout(timers[name]);
    timers[name] = setTimeout(doing, wait);
  }

  function hear(frame: ServerFrame | undefined) {
    if (!frame || !carrier) return;
    heardAt = Date.now();
    after("silence", welcomed ? SILENCE : PATIENCE, lost);
    if (frame.t === "bye") return lost(frame.code, frame.sentence, frame.after);
    const greeting = frame.t === "welcome";
    // Each poll stands for itself: only another history makes it a new connection.
    const first = welcomed ? mode === POLL && greeting && frame.resume === "epoch" : greeting || mode === POLL;
    if (first) {
      welcomed = true;
      failures = tries = 0;
      clearTimeout(timers.offline);
      state.value = (["live", "streaming", "polling"] as const)[mode]!;
      after("silence", SILENCE, lost);
      if (!mode) again = SOON;
    }
    ear.hear(frame);
    if (first) ear.connected();
  }

  /** Between two connections. Only if that lasts is it called offline. */
  function between() {
    state.value = "connecting";
    after("offline", 4000, () => (state.value = "offline"));
  }

  function lost(code = 0, sentence = "", wait?: number) {
    if (!carrier) return;
    carrier.close();
    carrier = undefined;
    clearTimeout(timers.silence);
    clearTimeout(timers.socket);
    if (FINAL.includes(code)) {
      ended.value = { t: "bye", code, sentence };
      state.value = "ended";
      return;
    }
    if (welcomed) between();
    else {
      state.value = "offline";
      if (navigator.onLine !== false && ++failures > 1) {
        failures = 0;
        mode = (mode + 1) % 3;
      }
    }
    const patience = SLOW.includes(code) ? 30_000 : Math.min(1000 * 2 ** tries++, 30_000);
    after("open", (wait ?? patience) * (1 + Math.random() / 2), open);
  }

  function open() {
    if (carrier || ended.value) return;
    clearTimeout(timers.open);
    welcomed = false;
    heardAt = openedAt = Date.now();
    // What comes late from a carrier that was given up is not heard.
    let mine: Carrier;
    const current = () => carrier === mine;
    const make = [socket, stream, poll][mode]!;
    mine = carrier = make(
      (frame) => current() && hear(frame),
      (code, sentence) => current() && lost(code, sentence),
    );
    after("silence", PATIENCE, lost);
    if (mode) {
      // The network may be another by now.
      after("socket", again, () => {
        again = Math.min(again * 2, 32 * LATER);
        mode = 0;
        failures = 1;
        renew();
      });
    }
  }

  function renew() {
    carrier?.close();
    carrier = undefined;
    clearTimeout(timers.silence);
    if (state.value !== "offline" && !ended.value) between();
    // Never in a tight circle, whatever a server says.
    after("open", Math.max(0, openedAt + 1000 - Date.now()), open);
  }

  function where(path: string) {
    const { since, epoch } = ear.holds();
    return path + (epoch === undefined ? "" : `?since=${since}&epoch=${epoch}`);
  }

  function socket(heard: (frame: ServerFrame | undefined) => void, gone: Lost): Carrier {
    let it: WebSocket;
    try {
      it = new WebSocket(new URL(config.socket, location.href).href.replace(/^http/, "ws"));
    } catch {
      setTimeout(gone);
      return { send() {}, close() {} };
    }
    const send = (frame: ClientFrame) => it.readyState === 1 && it.send(JSON.stringify(frame));
    it.onopen = () => send({ t: "hello", board: config.board, device, ...ear.holds() });
    it.onmessage = (event) => heard(read(event.data as string));
    it.onclose = (event) => gone(event.code, event.reason);
    return { send, close: () => it.close() };
  }

  /** A request whose refusals are told as the socket tells them. */
  async function request(path: string, gone: Lost, init: RequestInit = {}, headers: Record<string, string> = {}) {
    const answer = await fetch(path, {
      credentials: "same-origin",
      cache: "no-store",
      ...init,
      headers: { "Board-Device": device, ...headers },
    });
    if (![401, 403, 404].includes(answer.status)) return answer;
    const [bye] = [read(await answer.text())].flat();
    // What is not the server's own goodbye (a proxy's, a page's) is a failure like another.
    if (bye?.t !== "bye") throw new Error(`${path}: ${answer.status}`);
    gone(bye.code, bye.sentence);
    return undefined;
  }

  /** Sending without a socket: one after the other, so that they arrive in their order. */
  let sending: Promise<void> = Promise.resolve();
  function post(...what: Parameters<typeof postNow>) {
    return (sending = sending.then(() => postNow(...what)));
  }

  async function postNow(ops: AskedOp[], heard: (frame: ServerFrame) => void, gone: Lost) {
    let left = ops;
    try {
      const body = JSON.stringify({ t: "ops", ops });
      const headers = { "Content-Type": "application/json", "X-CSRFToken": config.csrf };
      const answer = await request(config.ops, gone, { method: "POST", body }, headers);
      for (const frame of answer ? ((await answer.json()) as Answer[]) : []) {
        left = left.filter((op) => op.op_id !== frame.op_id);
        heard(frame);
        // Which of them could not be read is not said: the store finds out.
        if (frame.t === "rejected" && frame.op_id === null && frame.text === "drafts") left = [];
      }
    } catch {
      // Nothing came back: they may have arrived, and are sent again.
    }
    if (left.length) ear.unsent(left);
  }

  function stream(heard: (frame: ServerFrame | undefined) => void, gone: Lost): Carrier {
    const stop = new AbortController();
    (async () => {
      try {
        const answer = await request(where(config.events), gone, { signal: stop.signal });
        const reader = answer?.ok && answer.body?.getReader();
        if (!reader) return gone();
        const text = new TextDecoder();
        for (let rest = ""; ; ) {
          const { done, value } = await reader.read();
          if (done) return gone();
          const events = (rest + text.decode(value, { stream: true })).split(/\r?\n\r?\n/);
          rest = events.pop()!;
          for (const event of events) {
            const data = event.split(/\r?\n/).filter((line) => line.startsWith("data:"));
            if (data.length) heard(read(data.map((line) => line.slice(5)).join("\n")));
          }
        }
      } catch {
        gone();
      }
    })();
    return {
      send: (frame) => void (frame.t === "ops" ? post(frame.ops, heard, gone) : frame.t === "since" && renew()),
      close: () => stop.abort(),
    };
  }

  function poll(heard: (frame: ServerFrame | undefined) => void, gone: Lost): Carrier {
    let next: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    let busy = false;
    async function look() {
      clearTimeout(next);
      if (busy) return;
      busy = true;
      try {
        const answer = await request(where(config.poll), gone);
        if (!answer) return;
        ((await answer.json()) as ServerFrame[]).forEach(heard);
      } catch {
        return gone();
      } finally {
        busy = false;
      }
      if (!stopped) next = setTimeout(look, POLLING);
    }
    void look();
    return {
      send: (frame) => void (frame.t === "ops" ? post(frame.ops, heard, gone).then(look) : look()),
      close() {
        stopped = true;
        clearTimeout(next);
      },
    };
  }

  /** The page is seen again, or the network is back. */
  function wake(event?: Event) {
    if (ended.value || document.visibilityState === "hidden") return;
    if (event?.type === "online" || !carrier) mode = tries = failures = 0;
    if (!carrier || Date.now() - heardAt > SILENCE) renew();
    else carrier.send({ t: "ping" });
  }
  const sleep = () => {
    lost();
    if (!ended.value) state.value = "offline";
  };
  const wakers: [EventTarget, string, (event: Event) => void][] = [
    [window, "online", wake],
    [window, "pageshow", wake],
    [document, "visibilitychange", wake],
    [window, "offline", sleep],
  ];

  return {
    state,
    ended,
    open() {
      for (const [target, name, doing] of wakers) target.addEventListener(name, doing);
      open();
    },
    send(ops) {
      if (!carrier || !welcomed) return false;
      carrier.send({ t: "ops", ops });
      return true;
    },
    ask() {
      const { since } = ear.holds();
      if (since === undefined) renew();
      else carrier?.send({ t: "since", since });
    },
    renew,
    close() {
      for (const [target, name, doing] of wakers) target.removeEventListener(name, doing);
      const it = carrier;
      carrier = undefined;
      it?.close();
      Object.values(timers).forEach(clearTimeout);
      timers = {};
    },
  };
}
