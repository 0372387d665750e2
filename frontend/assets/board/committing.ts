// Dialogs about what comes of it: who does what by when, and from which notes it came.
import type { Item } from "./interface";
import { areaField, ask, called, choiceField, dateField, facilitates, store, textField, words } from "./room";
import { say } from "./words";

export function askAction({ source, action }: { source?: Item; action?: Item }): void {
  const uses = facilitates() ? [choiceField("select", "as", "action_as", words("as", "action", "initiative", "measure", "risk"), action?.as ?? "action")] : [];
  ask({
    title: say(action ? "action_edit_title" : "action_title"),
    ...(source ? { intro: [say("action_from", { title: called(source) })] } : {}),
    keep: `action-${(action ?? source)?.id ?? "new"}`,
    fields: [
      areaField("what", "action_what", action?.what, 500, true),
      ...uses,
      textField("who", "action_who", action?.who, 200, false, "action_who_hint"),
      dateField("due", "action_due", action?.due),
    ],
    submit: say(action ? "save" : "action_submit"),
    done(answers) {
      const who = answers.text("who");
      const due = answers.text("due");
      const as = answers.text("as");
      const what = answers.text("what");
      if (action) {
        const props: Record<string, unknown> = {};
        if (what !== action.what) props["what"] = what;
        if (who !== (action.who ?? "")) props["who"] = who || null;
        if (due !== (action.due ?? "")) props["due"] = due || null;
        if (as && as !== action.as) props["as"] = as;
        if (Object.keys(props).length) void store.act("action.edit", action.id, props);
      } else {
        void store.act("action.propose", store.newId(), {
          what,
          ...(who ? { who } : {}),
          ...(due ? { due } : {}),
          ...(as ? { as } : {}),
          ...(source ? { sources: [source.id] } : {}),
        });
      }
    },
  });
}
