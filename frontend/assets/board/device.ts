// What a browser makes up at random: ids, and the key that makes notes its own where names are hidden.

function random(count: number): number[] {
  return [...crypto.getRandomValues(new Uint8Array(count))];
}

/** A random UUID (version 4). Works on plain HTTP too, where crypto.randomUUID does not exist. */
export function newId(): string {
  const bytes = random(16).map((byte, at) => (at === 6 ? (byte & 15) | 64 : at === 8 ? (byte & 63) | 128 : byte));
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * The device key of one person on one board: whoever borrows this browser finds nothing of theirs, and two boards
 * cannot be laid side by side. Kept while the browser lets us; otherwise it lives as long as the page.
 */
export function deviceKey(board: string, you: string): string {
  const place = `golden-thread.device.${board}.${you}`;
  const fresh = newId().replace(/-/g, "");
  try {
    const kept = localStorage.getItem(place);
    if (kept) return kept;
    localStorage.setItem(place, fresh);
  } catch {
    // Storage is refused.
  }
  return fresh;
}
