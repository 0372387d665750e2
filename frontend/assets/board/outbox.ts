// Ops that wait: sent in order, again after each connection, until they are answered; kept on the device meanwhile.
import { signal, type ReadonlySignal } from "@preact/signals";

import { newId } from "./device";
import type { Answer } from "./interface";
import type { Ack, AskedOp, Refusal } from "./protocol";
import type { Shelf } from "./shelf";

const LARGEST = 60_000; // bytes of a frame; the server takes 64 KiB
const AT_ONCE = 20;
const PER_SECOND = 10; // half of what the server allows
const UNANSWERED = 10_000; // then it is sent again

export interface Entry {
  readonly op: AskedOp;
  /** Grows with each op of this device. */
  readonly n: number;
  readonly tab: string;
  /** When it was sent over the connection there is now; 0: not yet. */
  sent?: number;
  /** Put off by the server. */
  late?: boolean;
  ack?: Ack;
}

export interface Outbox {
  /** In the order of their making. Those with an `ack` wait for the op itself to arrive. */
  readonly entries: ReadonlySignal<readonly Entry[]>;
  /** What this device kept, and whose tab is gone. */
  load(): Promise<void>;
  add(op: AskedOp): Promise<Answer>;
  /** A new connection: everything is sent again. `head`: of the server's log; `epoch`: of its history. */
  resend(head: number, epoch?: string): void;
  unsent(ops: readonly AskedOp[]): void;
  /** Gives the op if it was refused for good. */
  answer(frame: Answer): AskedOp | undefined;
  /** The op has come, as everybody hears it. */
  arrived(ack: Ack): void;
  /** The picture is at this seq: what was acknowledged up to here is in it. */
  reached(seq: number, epoch: string): void;
  stop(): void;
}

const size = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).length;

/** Whether an op is small enough for a frame. */
export const fits = (op: AskedOp) => size(op) < LARGEST;

export function createOutbox(shelf: Shelf, send: (ops: AskedOp[]) => boolean): Outbox {
  const entries = signal<readonly Entry[]>([]);
  const promises = new Map<string, (answer: Answer) => void>();
  const tab = newId();
  let tokens = AT_ONCE;
  let filled = Date.now();
  let wait = 0;
  let head = Infinity;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const changed = () => (entries.value = [...entries.peek()]);
  const flies = (entry: Entry) => !entry.ack && (entry.sent ?? 0) > Date.now() - UNANSWERED;
  const find = (id: string | null) => entries.peek().find((entry) => entry.op.op_id === id);

  // While this tab lives it holds a lock by its name; what others left behind is sent by whoever finds it. Two who
  // find it at once do no harm: ops are known by their ids.
  const locks = navigator.locks as LockManager | undefined;
  const lock = (name: string) => `golden-thread.tab.${name}`;
  let release: () => void = () => {};
  void locks?.request(lock(tab), () => new Promise<void>((done) => (release = done))).catch(() => {});

  let loaded = false;

  async function load() {
    // Without locks nobody knows which tabs live: once is enough.
    if (loaded && !locks) return;
    loaded = true;
    const kept = await shelf.read<Entry>("op");
    if (!kept.length) return;
    const alive = new Set((await locks?.query().catch(() => undefined))?.held?.map((it) => it.name));
    const found = kept.filter((it) => !find(it.op.op_id) && !alive.has(lock(it.tab)));
    if (!found.length) return;
    const mine = found.map(({ op, n }) => ({ op: { ...op, base_seq: Math.min(op.base_seq, head) }, n, tab }));
    for (const entry of mine) shelf.put("op", entry.op.op_id, entry);
    entries.value = [...entries.peek(), ...mine].sort((a, b) => a.n - b.n);
    pump();
  }

  function pump() {
    clearTimeout(retry);
    const now = Date.now();
    tokens = Math.min(AT_ONCE, tokens + (Math.max(0, now - filled) * PER_SECOND) / 1000);
    filled = now;
    const left = entries.peek().filter((entry) => !entry.ack && !flies(entry));
    if (entries.peek().some((entry) => !entry.ack)) retry = setTimeout(pump, 1000);
    const batch: Entry[] = [];
    let bytes = 0;
    for (const entry of left.slice(0, tokens)) {
      bytes += size(entry.op) + 1;
      if (bytes > LARGEST) break;
      batch.push(entry);
    }
    if (!batch.length) return;
    if (!send(batch.map((entry) => entry.op))) {
      // After the next welcome.
      clearTimeout(retry);
      return;
    }
    tokens -= batch.length;
    for (const entry of batch) [entry.sent, entry.late] = [now, false];
    changed();
  }

  /** Not now: again, with patience. */
  function unsent(some: readonly Entry[]) {
    if (!some.length) return;
    for (const entry of some) entry.sent = 0;
    changed();
    wait = Math.min(wait * 2 || 2000, 30_000);
    clearTimeout(retry);
    retry = setTimeout(pump, wait);
  }

  function leave(gone: (entry: Entry) => boolean) {
    const left = entries.peek().filter((entry) => !gone(entry));
    if (left.length === entries.peek().length) return;
    for (const entry of entries.peek()) if (!left.includes(entry)) shelf.drop("op", entry.op.op_id);
    entries.value = left;
  }

  function resolve(id: string, answer: Answer) {
    promises.get(id)?.(answer);
    promises.delete(id);
  }

  /** Whether an op builds on an earlier one that is not kept yet: then its refusal says nothing. */
  function hangs(entry: Entry) {
    const about = JSON.stringify([entry.op.target, entry.op.props]);
    return entries.peek().some((it) => it.n < entry.n && !it.ack && about.includes(it.op.target));
  }

  function refuse(entry: Entry, answer: Refusal) {
    leave((it) => it === entry);
    resolve(entry.op.op_id, answer);
    return entry.op;
  }

  return {
    entries,
    load,
    add(op) {
      const entry = { op, n: Math.max(Date.now(), (entries.peek().slice(-1)[0]?.n ?? 0) + 1), tab };
      shelf.put("op", op.op_id, entry);
      entries.value = [...entries.peek(), entry];
      // Behind one that the server put off, everything waits its turn.
      if (!entries.peek().some((it) => it.late)) pump();
      return new Promise((done) => promises.set(op.op_id, done));
    },
    resend(now, epoch) {
      head = now;
      wait = 0;
      for (const entry of entries.peek()) {
        entry.sent = 0;
        entry.late = false;
        entry.op.base_seq = Math.min(entry.op.base_seq, head);
        if (entry.ack?.epoch !== epoch) delete entry.ack;
      }
      changed();
      pump();
    },
    unsent: (ops) => unsent(entries.peek().filter((entry) => ops.includes(entry.op))),
    answer(frame) {
      if (frame.t === "rejected" && frame.op_id === null) {
        // Something could not be read, and it is not said what. Answers come in order, so it began with the first.
        const [first, ...others] = entries.peek().filter(flies);
        unsent(others);
        if (first && frame.text === "drafts") return refuse(first, { ...frame, op_id: first.op.op_id });
        if (first) unsent([first]);
        return undefined;
      }
      const entry = find(frame.op_id);
      if (!entry) return undefined;
      if (frame.t === "ack") {
        entry.ack = frame;
        entry.late = false;
        wait = 0;
        changed();
        resolve(frame.op_id, frame);
        return undefined;
      }
      if (frame.text === "kept" || hangs(entry)) {
        entry.late = true;
        unsent([entry]);
        return undefined;
      }
      return refuse(entry, frame);
    },
    arrived(ack) {
      leave((entry) => entry.op.op_id === ack.op_id);
      resolve(ack.op_id, ack);
    },
    reached: (seq, epoch) => leave(({ ack }) => ack?.epoch === epoch && ack.seq <= seq),
    stop() {
      clearTimeout(retry);
      release();
    },
  };
}
