// The help dialog stands in the page itself: it needs nothing of the board.
export function showHelp(): void {
  (document.getElementById("board-help") as HTMLDialogElement | null)?.showModal();
}
