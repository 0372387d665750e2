// The live board's client without a view: what is on the board, what waits to be sent, and the way to the server.
import { batch, computed, effect, signal, untracked } from "@preact/signals";

import { createClock, watchTimer } from "./clock";
import { deviceKey, newId } from "./device";
import { createDrafts } from "./drafts";
import type { Answer, BoardEvent, Config, Connection, Item, Store } from "./interface";
import { createLists, family } from "./lists";
import { createOutbox, fits } from "./outbox";
import { predict, take, type Things } from "./picture";
import type { Counts, Kind, Person, Presence, Refusal, Role, ServerFrame, Snapshot, ToldOp, ToldOps } from "./protocol";
import { openShelf } from "./shelf";
import { createWire } from "./wire";

export * from "./interface";
export type * from "./protocol";

const CATCHING_UP = 1000;

export function createStore(config: Config): Store {
  const listeners = new Set<(event: BoardEvent) => void>();
  const tell = (event: BoardEvent) => listeners.forEach((listener) => listener(event));

  const shelf = openShelf(`${config.board}/${config.you}`);
  const drafts = createDrafts(shelf);
  const clock = createClock();
  const device = config.device || deviceKey(config.board, config.you);
  const outbox = createOutbox(shelf, (ops) => wire.send(ops));
  const { entries } = outbox;

  // What the server has told: a picture, up to a seq of an epoch. Below 0: nothing to go on from.
  let truth: Things = new Map();
  let seq = -1;
  let epoch: string | undefined;
  /** How far the server is. */
  let head = 0;
  let half: Snapshot | undefined;
  let catching: ReturnType<typeof setTimeout> | undefined;

  const role = signal<Role>(config.role);
  const you = signal(config.you);
  const counts = signal<Counts>({ hidden: {}, votes: 0, voters: 0 });
  const here = signal(0);
  const everyone = signal<ReadonlyMap<string, Person>>(new Map());
  const paused = signal(false);
  const changesWaiting = signal(0);
  /** The picture as it is shown: the truth, or, paused, what it was then. */
  const shown = signal<Things>(truth);
  const things = computed<ReadonlyMap<string, Item>>(() => {
    if (!entries.value.length) return shown.value;
    const top = new Map(shown.value);
    for (const { op } of entries.value) predict(top, op, you.value, clock.now());
    return top;
  });
  const lists = createLists(things);

  const wire = createWire(config, device, {
    holds: () => (seq < 0 || epoch === undefined ? {} : { since: seq, epoch }),
    hear: (frame) => batch(() => hear(frame)),
    connected() {
      outbox.resend(head, epoch);
      void outbox.load();
    },
    unsent: outbox.unsent,
  });

  function hear(frame: ServerFrame) {
    if (frame.t === "ack" || frame.t === "rejected") return answered(frame);
    if (frame.t === "welcome") {
      clock.set(frame.now);
      half = undefined;
      if (frame.epoch !== epoch) seq = -1;
      head = frame.head_seq;
      epoch = frame.epoch;
      you.value = frame.you;
      if (frame.role !== role.value) tell({ is: "role", role: (role.value = frame.role) });
      return behind(head);
    }
    if ("epoch" in frame && frame.epoch !== epoch) return wire.renew();
    if (frame.t === "snapshot") half = frame;
    else if (frame.t === "yours") {
      if (half?.seq !== frame.seq) return;
      const next: Things = new Map();
      take(next, half.things as Record<string, object> as Record<string, Record<string, unknown>>);
      take(next, frame.set as Record<string, object> as Record<string, Record<string, unknown>>);
      counts.value = half.counts;
      half = undefined;
      became(next, frame.seq);
      // All of it, whoever paused: it may be another history.
      shown.value = next;
      changesWaiting.value = 0;
    } else if (frame.t === "ops") takeIn(frame);
    else if (frame.t === "hint") behind(frame.head_seq);
    else if (frame.t === "heartbeat") {
      clock.set(frame.now);
      behind(frame.head_seq);
    } else if (frame.t === "counts") counts.value = frame.counts;
    else if (frame.t === "presence") present(frame);
  }

  /** The server is further. If that does not come by itself, ask. */
  function behind(than: number) {
    head = Math.max(head, than);
    if (head <= seq || catching !== undefined) return;
    catching = setTimeout(() => {
      catching = undefined;
      if (seq < head) wire.ask();
    }, CATCHING_UP);
  }

  /** Whether an op is one's own. It says so only if there is something in it for its maker alone. */
  function isOwn(op: ToldOp): boolean {
    return (
      op.by === you.peek() ||
      op.op_id !== undefined ||
      entries.peek().some(({ ack, op: it }) => (ack ? ack.seq === op.seq : it.kind === op.kind && it.target in (op.set ?? {})))
    );
  }

  function takeIn({ ops }: ToldOps) {
    const next = new Map(truth);
    const still = paused.peek() ? new Map(shown.peek()) : undefined;
    const events: BoardEvent[] = [];
    let at = seq;
    for (const op of ops) {
      if (op.seq <= at) continue;
      if (at < 0 || op.seq > at + 1) {
        // Something is missing in between.
        behind(op.seq);
        break;
      }
      at = op.seq;
      if (op.t === "redacted") continue;
      const fresh = Object.keys(op.set ?? {}).filter((id) => !next.get(id)?.shown && (op.set![id]!["shown"] || !next.has(id)));
      const own = isOwn(op);
      take(next, op.set, op.gone);
      if (op.op_id) outbox.arrived({ t: "ack", op_id: op.op_id, seq: at, epoch: epoch! });
      if (fresh.length && /^(reveal|stage)/.test(op.kind)) events.push({ is: "visible", notes: fresh.length });
      else if (!own) events.push({ is: "remote", op, fresh: fresh.flatMap((id) => next.get(id) ?? []) });
      if (!still) continue;
      if (own) {
        // One's own changes show; of what is not in the frozen view there is nothing to change.
        const known = Object.entries(op.set ?? {}).filter(([id, set]) => still.has(id) || set["type"]);
        take(still, Object.fromEntries(known), op.gone);
      } else changesWaiting.value++;
    }
    if (at === seq) return;
    if (still) {
      still.set("board", next.get("board")!);
      shown.value = still;
    }
    became(next, at);
    events.forEach(tell);
  }

  function became(next: Things, at: number) {
    const [was, is] = [truth.get("board"), next.get("board")];
    truth = next;
    seq = at;
    if (!paused.peek()) shown.value = truth;
    outbox.reached(seq, epoch!);
    if (!was || !is) return;
    if (was.stage !== is.stage) tell({ is: "stage", from: was.stage!, to: is.stage! });
    if (!was.locked !== !is.locked) tell({ is: "rights", locked: !!is.locked });
    if (was.spotlight !== is.spotlight) tell({ is: "spotlight", on: is.spotlight });
  }

  function present(frame: Presence) {
    const known = new Map(frame.all ? [] : everyone.peek());
    const joined: Person[] = [];
    const left: Person[] = [];
    for (const person of frame.people ?? []) {
      const was = everyone.peek().get(person.key)?.here ?? false;
      if (person.here !== was) (person.here ? joined : left).push(person);
      known.set(person.key, person);
    }
    const first = !here.peek();
    // Names stay: what somebody wrote has its writer's name when they are gone.
    everyone.value = frame.all ? new Map([...everyone.peek(), ...known]) : known;
    here.value = frame.here;
    if (!first) tell({ is: "presence", joined, left, here: frame.here });
  }

  function answered(answer: Answer) {
    const op = outbox.answer(answer);
    if (op) refuse(op, answer as Refusal);
    else if (answer.t === "ack" && answer.epoch === epoch) {
      outbox.reached(seq, epoch);
      behind(answer.seq);
    }
  }

  function refuse(op: Parameters<typeof fits>[0], answer: Refusal) {
    const draft = drafts.refuse(op, answer);
    tell({ is: "refused", answer, kind: op.kind as Kind, target: op.target, ...(draft && { draft }) });
  }

  function act(kind: Kind, target: string, props: Record<string, unknown> = {}): Promise<Answer> {
    const op = { board: config.board, op_id: newId(), base_seq: Math.max(seq, 0), kind, target, props };
    if (!fits(op)) {
      const sentence = config.words["too_large"] ?? "";
      const answer: Refusal = { t: "rejected", op_id: op.op_id, code: "too_large", sentence, text: "drafts" };
      refuse(op, answer);
      return Promise.resolve(answer);
    }
    const answer = batch(() => outbox.add(op));
    const own = () => tell({ is: "own", kind, target, props });
    // Of these it shows only later that there was something to do.
    if (kind !== "undo" && kind !== "redo") own();
    else void answer.then((told) => told.t === "ack" && own());
    return answer;
  }

  const stateOf = family((id) =>
    computed(() => {
      const waits = entries.value.find(({ op, ack }) => op.target === id && !ack);
      if (!waits) return "saved";
      return waits.late || !["live", "streaming", "polling"].includes(wire.state.value) ? "kept" : "sending";
    }),
  );
  const waiting = computed(() => entries.value.filter((entry) => !entry.ack).length);

  let stops: (() => void)[] = [];
  function start() {
    let was: Connection = wire.state.peek();
    stops = [
      effect(() => {
        if (paused.value) return;
        shown.value = truth;
        changesWaiting.value = 0;
      }),
      effect(() => {
        const state = wire.state.value;
        if (state === was) return;
        untracked(() => tell({ is: "connection", state, was, kept: waiting.value }));
        was = state;
      }),
      watchTimer(lists.board, clock.now, (left) => tell({ is: "timer", left })),
    ];
    const leaving = (event: Event) => {
      if (!shelf.remembers.peek() && (waiting.peek() || drafts.all.peek().length)) event.preventDefault();
    };
    window.addEventListener("beforeunload", leaving);
    stops.push(() => window.removeEventListener("beforeunload", leaving));
    wire.open();
    return Promise.all([outbox.load(), drafts.load()]).then(() => {});
  }

  return {
    config,
    start,
    stop() {
      stops.forEach((stop) => stop());
      clearTimeout(catching);
      outbox.stop();
      wire.close();
    },
    things,
    ...lists,
    role,
    you,
    counts,
    here,
    everyone,
    people: (key) => everyone.value.get(key ?? "")?.name ?? "",
    connection: wire.state,
    ended: wire.ended,
    waiting,
    stateOf: (id) => stateOf(id).value as ReturnType<Store["stateOf"]>,
    remembers: shelf.remembers,
    drafts: drafts.all,
    saveDraft: drafts.save,
    dropDraft: drafts.drop,
    now: clock.now,
    newId,
    act,
    undo: () => act("undo", "board"),
    redo: () => act("redo", "board"),
    paused,
    changesWaiting,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
