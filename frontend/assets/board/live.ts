// Views that are drawn again when a signal they read changes, or what they were given: what the binding of signals to
// Preact does, without the weight of hooks.
import { effect } from "@preact/signals";
import { Component, type ComponentChild, type FunctionComponent } from "preact";

const differ = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean =>
  Object.keys({ ...one, ...other }).some((name) => one[name] !== other[name]);

export function live<Given extends object>(view: (given: Given) => ComponentChild): FunctionComponent<Given> {
  class Live extends Component<Given> {
    stop?: () => void;
    override shouldComponentUpdate(given: Given): boolean {
      return !this.stop || differ(given as Record<string, unknown>, this.props as Record<string, unknown>);
    }
    override componentWillUnmount(): void {
      this.stop?.();
    }
    override render(): ComponentChild {
      let drawn: ComponentChild;
      let first = true;
      let deaf: boolean | undefined;
      this.stop?.();
      const stop = effect(() => {
        if (first) drawn = view(this.props as Given);
        else {
          // The effect has let go of all signals: the next drawing takes hold again.
          deaf = true;
          delete this.stop;
          this.setState({});
        }
        first = false;
      });
      // A view that itself sets what it has read is to be drawn again at once: it hears nothing any more.
      if (!deaf) this.stop = stop;
      return drawn;
    }
  }
  return Live as unknown as FunctionComponent<Given>;
}
