// Made from collaboration/boards/engine/frames.py. Change it there.

export type Kind = "note.add" | "paper.add" | "note.edit" | "note.move" | "note.delete" | "restore" | "column.add" | "column.edit" | "column.move" | "column.delete" | "group.make" | "group.join" | "group.name" | "group.move" | "group.split" | "ungroup" | "merge" | "vote" | "unvote" | "room.votes" | "comment.add" | "comment.edit" | "comment.delete" | "react" | "action.propose" | "action.edit" | "action.claim" | "action.release" | "action.delete" | "stage.next" | "stage.back" | "timer.start" | "timer.extend" | "timer.stop" | "reveal" | "lock" | "spotlight" | "settings" | "board.edit" | "redact" | "bin.empty" | "undo" | "redo";

export type Code = "not_json" | "too_large" | "too_deep" | "unknown_frame" | "unknown_kind" | "unknown_key" | "missing_key" | "wrong_type" | "not_an_id" | "out_of_range" | "too_many" | "twice" | "other_board" | "ahead" | "text_empty" | "text_too_long" | "text_control" | "text_direction" | "text_broken" | "not_in_stage" | "not_your_role" | "watching" | "not_yours" | "locked" | "grouping_limited" | "no_device" | "names_hidden" | "settings_fixed" | "names_promised" | "unknown_thing" | "in_bin" | "not_in_bin" | "wrong_thing" | "not_shown" | "id_taken" | "op_id_taken" | "erased" | "board_full" | "bin_full" | "column_not_empty" | "last_column" | "into_itself" | "no_votes_left" | "most_on_one" | "no_vote_there" | "in_a_group" | "claimed" | "stage_moved" | "no_such_stage" | "no_timer" | "nothing_to_reveal" | "nothing_to_undo" | "nothing_to_redo" | "too_late" | "overtaken" | "slow_down" | "not_saved";

export type Stage = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export type Role = "participant" | "facilitator" | "observer" | "screen";

export type Mark = "agree" | "unsure" | "disagree";

export type Names = "shown" | "hidden";

export type Grouping = "everyone" | "facilitator";

export type Use = "action" | "initiative" | "measure" | "risk";

export interface Timer {
  ends: number;
  seconds: number;
  on?: string;
}

export interface Thing {
  type: "board" | "column" | "group" | "note" | "comment" | "action";
  in?: string;
  order?: string;
  title?: string;
  prompt?: string;
  text?: string;
  what?: string;
  who?: string;
  name?: string;
  due?: string;
  pattern?: number;
  sources?: string[];
  as?: "action" | "initiative" | "measure" | "risk";
  on?: string;
  n?: number;
  paper?: boolean;
  by?: string;
  at?: number;
  claimed_by?: string;
  shown?: boolean;
  erased?: boolean;
  deleted?: number;
  deleted_by?: string;
  into?: string;
  with?: string;
  votes?: number;
  room?: number;
  agree?: number;
  unsure?: number;
  disagree?: number;
  mine?: boolean;
  my_votes?: number;
  my_mark?: "agree" | "unsure" | "disagree";
  stage?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  stage_since?: number;
  names?: "shown" | "hidden";
  budget?: number;
  most?: number;
  totals?: "shown" | "hidden";
  grouping?: "everyone" | "facilitator";
  timer?: Timer;
  locked?: boolean;
  spotlight?: string;
}

export interface Counts {
  hidden: Record<string, number>;
  votes: number;
  voters: number;
}

export interface Hello {
  t: "hello";
  board: string;
  since?: number;
  epoch?: string;
  device?: string;
}

export interface AskedOp {
  op_id: string;
  base_seq: number;
  kind: string;
  target: string;
  props?: Record<string, unknown>;
  board?: string;
}

export interface OpFrame {
  op_id: string;
  base_seq: number;
  kind: string;
  target: string;
  props?: Record<string, unknown>;
  board?: string;
  t: "op";
}

export interface OpsFrame {
  t: "ops";
  ops: AskedOp[];
}

export interface Since {
  t: "since";
  since: number;
}

export interface Ping {
  t: "ping";
}

export interface Welcome {
  t: "welcome";
  board: string;
  epoch: string;
  head_seq: number;
  now: number;
  role: "participant" | "facilitator" | "observer" | "screen";
  you: string;
  resume: "tail" | "snapshot" | "epoch";
}

export interface Snapshot {
  t: "snapshot";
  epoch: string;
  seq: number;
  counts: Counts;
  things: Record<string, Thing>;
}

export interface Yours {
  t: "yours";
  seq: number;
  set: Record<string, Thing>;
}

export interface ToldOp {
  t: "op";
  seq: number;
  kind: string;
  at: number;
  by?: string;
  op_id?: string;
  undoes?: number;
  set?: Record<string, Record<string, unknown>>;
  gone?: string[];
}

export interface Redacted {
  t: "redacted";
  seq: number;
}

export interface ToldOps {
  t: "ops";
  epoch: string;
  ops: (ToldOp | Redacted)[];
}

export interface Ack {
  t: "ack";
  op_id: string;
  seq: number;
  epoch: string;
}

export interface Refusal {
  t: "rejected";
  op_id: string | null;
  code: string;
  sentence: string;
  text: "drafts" | "kept";
}

export interface Hint {
  t: "hint";
  epoch: string;
  head_seq: number;
}

export interface Heartbeat {
  t: "heartbeat";
  epoch: string;
  head_seq: number;
  now: number;
}

export interface CountsFrame {
  t: "counts";
  seq: number;
  counts: Counts;
}

export interface Person {
  key: string;
  name: string;
  here: boolean;
}

export interface Presence {
  t: "presence";
  here: number;
  all?: boolean;
  people?: Person[];
}

export interface Bye {
  t: "bye";
  code: number;
  sentence: string;
  after?: number;
}

export type ClientFrame = Hello | OpFrame | OpsFrame | Since | Ping;

export type ServerFrame = Welcome | Snapshot | Yours | ToldOps | Ack | Refusal | Hint | Heartbeat | CountsFrame | Presence | Bye;
