// What the build makes elements of the board's views with.
export { Fragment, h } from "preact";
