// The runs of this page, so that their answers can be compared.

import { byId, counted, make, nothing, number } from "./dom.js";

let listed = null; // what the list says; it is made anew only where that changed

/** List the runs, newest first; one can be looked at again. */
export function listRuns(episodes, shown, choose) {
  const items = [...episodes].reverse().map((episode) => ({ episode, ...inWords(episode) }));
  const says = JSON.stringify([shown?.id, items.map(({ episode, ...words }) => [episode.id, words])]);
  if (says === listed) return;
  listed = says;
  const focused = document.activeElement?.closest?.("#runs button")?.dataset.run;
  byId("earlier").hidden = episodes.length < 2;
  byId("runs").replaceChildren(...items.map((item) => entry(item, item.episode === shown, choose)));
  if (focused) byId("runs").querySelector(`[data-run="${focused}"]`)?.focus();
}

function entry({ episode, outcome, question, cost }, current, choose) {
  const attributes = {
    type: "button",
    "aria-current": current ? "true" : null,
    "data-run": episode.id,
    onclick: () => choose(episode),
  };
  return make(
    "li",
    {},
    make(
      "button",
      attributes,
      make("span", { class: "strong" }, outcome),
      make("span", { class: "quiet" }, question),
      make("span", { class: "fact" }, cost),
    ),
  );
}

function inWords({ asked, forkOf, state, result, tokens, seconds, views }) {
  const outcome =
    state === "done"
      ? (result.answer ?? nothing(result))
      : { running: "looking …", failed: "failed", cancelled: "cancelled" }[state];
  const spent = number(result?.ledger.spent ?? tokens);
  return {
    outcome,
    question: `${asked.question}${forkOf ? " (from your box)" : ""}`,
    cost:
      state === "running"
        ? ""
        : `${spent} vision tokens, ${counted(views.length, "view")}, ${seconds.toFixed(1)} s`,
  };
}
