// The runs that the server remembers, so that their answers can be found again and compared.

import { byId, counted, make, nothing, number, standing } from "./dom.js";

let listed = null; // what the list says; it is made anew only where that changed

/** List the runs, newest first; one can be looked at again. */
export function listRuns(episodes, shown, choose) {
  const items = [...episodes].reverse().map((episode) => ({ episode, ...inWords(episode) }));
  const says = JSON.stringify([shown?.id, items.map(({ episode, ...words }) => [episode.id, words])]);
  if (says === listed) return;
  listed = says;
  const focused = document.activeElement?.closest?.("#runs button")?.dataset.run;
  byId("earlier").hidden = episodes.length < (shown ? 2 : 1);
  byId("runs").replaceChildren(...items.map((item) => entry(item, item.episode === shown, choose)));
  if (focused) byId("runs").querySelector(`[data-run="${focused}"]`)?.focus();
}

function entry({ episode, mark, outcome, question, place, cost }, current, choose) {
  const attributes = {
    type: "button",
    "aria-current": current ? "true" : null,
    "data-run": episode.id,
    "data-standing": episode.standing,
    onclick: () => choose(episode),
  };
  return make(
    "li",
    {},
    make(
      "button",
      attributes,
      make("span", { class: "mark", "aria-hidden": "true" }, mark),
      make("span", { class: "strong" }, outcome),
      make("span", { class: "quiet" }, question),
      make("span", { class: "fact" }, place),
      make("span", { class: "fact" }, cost),
    ),
  );
}

function inWords(episode) {
  const { asked, forkOf, state, result, tokens, seconds, views } = episode;
  const spent = number(result?.ledger.spent ?? tokens);
  return {
    mark: episode.standing ? standing(episode.standing).mark : "\u00b7",
    outcome: state === "done" ? answered(episode) : { running: "looking …" }[state] ?? state,
    question: `${asked.question}${forkOf ? " (from your box)" : ""}`,
    place: episode.place,
    cost:
      state === "running"
        ? ""
        : `${spent} vision tokens, ${counted(views.length, "view")}, ${seconds.toFixed(1)}\u00a0s`,
  };
}

function answered({ result, standing: name }) {
  if (result.answer === null) return nothing(name);
  return name === "unsure" ? `${result.answer} (unsure)` : result.answer;
}
