// What a reload of the page keeps, for this tab alone: what is looked at, and what is being written.
// The answers themselves are the server's.

const KEY = "ergo-agent";

/** What was kept: {image, page, run, draft}, each only where there was one. */
export function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // the browser keeps nothing for this page
  }
}

/** Keep something more, or something else. */
export function remember(changes) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...remembered(), ...changes }));
  } catch {
    // as above: then a reload begins anew
  }
}
