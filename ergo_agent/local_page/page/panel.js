// What is told of the run that is looked at: how it goes, the answer, what it cost.

import { reportUrl } from "./api.js";
import { byId, make, number, tell } from "./dom.js";

const LONG = 60; // characters, from which an answer is set in smaller type

export class RunPanel {
  constructor() {
    this.lost = false;
    setInterval(() => this.episode?.state === "running" && this.showState(), 200);
  }

  show(episode) {
    this.episode = episode;
    byId("run").hidden = false;
    byId("run-heading").textContent = episode.asked.question;
    this.showState();
    tell(byId("run-problem"), episode.error ? sentence(episode.error) : "");
    this.showAnswer();
    this.showCost();
  }

  showState() {
    const { state, seconds, views, tokens, forkOf } = this.episode;
    const time = `${seconds.toFixed(1)} s`;
    const from = forkOf ? "From your box: " : "";
    const counted = `${number(tokens)} vision tokens in ${views.length} views`;
    const text = {
      running: this.lost ? "The server does not answer; trying again …" : `${from}looking … ${counted}, ${time}`,
      done: `${from}${counted}, ${time}. It ended because ${this.episode.reason}.`,
      failed: `${from}it failed after ${time}.`,
      cancelled: `${from}cancelled after ${time}, ${counted}.`,
    }[state];
    const told = byId("state");
    told.setAttribute("aria-live", state === "running" ? "off" : "polite");
    if (told.textContent !== text) told.textContent = text;
    byId("cancel").hidden = state !== "running";
  }

  showAnswer() {
    const panel = byId("answer");
    const { result, id } = this.episode;
    panel.hidden = result === null;
    if (result === null) return panel.replaceChildren();
    const found = result.answer !== null;
    const places = result.evidence.map(({ region, text }) =>
      make(
        "li",
        {},
        make("span", { class: "mark", "aria-hidden": "true" }, "▣"),
        `pixels (${region.left}, ${region.top}) to (${region.right}, ${region.bottom})`,
        text && text !== result.answer ? make("span", { class: "said" }, text) : null,
      ),
    );
    panel.replaceChildren(
      make("p", { class: answerClass(result.answer), id: "answer-text" }, found ? result.answer : "not found"),
      result.reasoning ? make("p", { class: "said quiet" }, result.reasoning) : "",
      make("ul", { class: "evidence" }, ...places),
      make(
        "p",
        { class: "actions" },
        make("a", { class: "button", href: reportUrl(id), download: true }, "Download the report"),
        make("span", { class: "quiet" }, `by ${result.policy}`),
      ),
    );
  }

  showCost() {
    const { result, tokens, mostTokens } = this.episode;
    const [spent, of, what] = result
      ? [result.ledger.spent, result.ledger.full_resolution, "for one full-resolution pass"]
      : [tokens, mostTokens, "that it may spend"];
    if (!of) return byId("cost").replaceChildren();
    const share = spent / of;
    const text = `${number(spent)} vision tokens of ${number(of)} ${what} (${(share * 100).toFixed(0)} %)`;
    byId("cost").replaceChildren(
      make("meter", { min: 0, max: 1, value: Math.min(1, share), "aria-label": text }),
      make("p", { class: "quiet", "aria-hidden": "true" }, text),
    );
  }
}

function answerClass(answer) {
  if (answer === null) return "answer none";
  return answer.length > LONG ? "answer long" : "answer";
}

/** The runs of this page, newest first; one can be looked at again. */
export function listRuns(episodes, shown, choose) {
  byId("earlier").hidden = episodes.length < 2;
  byId("runs").replaceChildren(
    ...[...episodes].reverse().map((episode) =>
      make(
        "li",
        {},
        make(
          "button",
          {
            type: "button",
            "aria-current": episode === shown ? "true" : null,
            onclick: () => choose(episode),
          },
          make("span", { class: "strong" }, outcome(episode)),
          make("span", { class: "quiet" }, `${episode.asked.question}${episode.forkOf ? " (from your box)" : ""}`),
        ),
      ),
    ),
  );
}

function outcome({ state, result }) {
  if (state === "done") return result.answer ?? "not found";
  return { running: "looking …", failed: "failed", cancelled: "cancelled" }[state];
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1);
