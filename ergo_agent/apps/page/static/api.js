// The calls of the server. Each fails with an Error whose message can be shown as it is.

import { sentence } from "./dom.js";

const LOST = "The server does not answer. Is `ergo-agent ui` still running?";

const FORGOTTEN = "The server has forgotten this run. Ask again.";

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error(LOST);
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  let said;
  try {
    said = (await answer.json()).error;
  } catch {
    said = null;
  }
  throw new Error(sentence(said || `The server answered ${answer.status}.`));
}

const send = (path, body) =>
  call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

export const setup = () => call("/api/setup");
export const files = () => call("/api/files");
export const openFile = (path) => send("/api/images", { path });
export const facts = (image, page) => call(`/api/images/${image}/${page}`);
export const ask = (asked) => send("/api/runs", asked);
export const runs = () => call("/api/runs");
export const cancel = (run) => call(`/api/runs/${run}`, { method: "DELETE" });
export const fork = (run, zoom, boxes) => send(`/api/runs/${run}/forks`, { zoom, boxes });

export const upload = (file) =>
  call("/api/images", {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      "X-File-Name": encodeURIComponent(file.name || "pasted image"),
    },
    body: file,
  });

export const pictureUrl = (image, page, side) => `/api/images/${image}/${page}/picture?side=${side}`;
export const viewUrl = (digest) => `/api/views/${digest}`;
export const reportUrl = (run) => `/api/runs/${run}/report`;

const NAMES = [
  "pages_surveyed",
  "page_opened",
  "view_made",
  "tokens_spent",
  "next_decided",
  "done",
  "failed",
  "cancelled",
];
const ENDS = new Set(["done", "failed", "cancelled"]);

/**
 * Listen to a run until it ends. The browser connects again by itself and goes on after the last
 * event that it had.
 * @param {string} run
 * @param {(name: string, data: object) => void} take
 * @param {(lost: boolean) => void} connection told when the server is lost, and when it is back
 * @returns {Promise<void>} kept once it has ended
 */
export function follow(run, take, connection) {
  const source = new EventSource(`/api/runs/${run}/events`);
  source.addEventListener("open", () => connection(false));
  return new Promise((ended) => {
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        if (ENDS.has(name)) source.close();
        take(name, JSON.parse(event.data));
        if (ENDS.has(name)) ended();
      });
    }
    source.addEventListener("error", async () => {
      connection(true);
      if (source.readyState !== EventSource.CLOSED) return;
      take("failed", { error: await whyClosed() });
      ended();
    });
  });
}

/** A stream was refused for good, and EventSource does not say why; another call does. */
async function whyClosed() {
  try {
    await setup();
    return FORGOTTEN;
  } catch (error) {
    return error.message;
  }
}
