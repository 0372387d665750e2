// The whole page of the board, below its two live regions.
import { Component, type ComponentChildren } from "preact";

import { Columns } from "./columns";
import { Composer } from "./composer";
import { Dialogs } from "./dialog";
import { live } from "./live";
import { Panel } from "./panel";
import { may, page, store } from "./room";
import { Spotlight, Stages, Task } from "./stages";
import { say } from "./words";

export const App = live(() => {
  const board = store.board.value;
  const ended = store.ended.value;
  return (
    <Safe>
      <h1 class="govuk-heading-l">{board?.title || page.title}</h1>
      {store.connection.value === "ended" && ended && (
        <div class="govuk-inset-text">
          <p class="govuk-body">{ended.sentence}</p>
          <p class="govuk-body"><a class="govuk-link" href={page.links.join}>{say("link_join")}</a></p>
        </div>
      )}
      <Stages />
      {board ? (
        <>
          <Spotlight />
          <Task />
          {may("note.add") && <Composer />}
          <div class="gt-main">
            <Columns />
            <Panel />
          </div>
        </>
      ) : (
        <p class="govuk-body">{say("loading")}</p>
      )}
      <Dialogs />
    </Safe>
  );
});

/** When the view itself fails, what was written is still kept, and there is another way to go on. */
class Safe extends Component<{ children: ComponentChildren }, { failed: boolean }> {
  override state = { failed: false };
  override componentDidCatch(error: unknown): void {
    this.setState({ failed: true });
    reportError(error);
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <div class="govuk-inset-text">
        <p class="govuk-body">{say("failed")} <a class="govuk-link" href="">{say("reload")}</a></p>
      </div>
    );
  }
}
