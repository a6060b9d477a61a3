// What is told of the run that is looked at: the answer first, then what it cost.

import { reportUrl } from "./api.js";
import { byId, counted, make, nothing, number, sentence, standing, tell, visible } from "./dom.js";

const LONG_ANSWER = 60; // characters, from which an answer is set in smaller type
const LONG_REASONING = 240; // characters, from which it is shown only when asked for

export class RunPanel {
  /**
   * @param {(index: number) => void} pointed told which piece of evidence to point at
   * @param {(policy: string) => string} titleOf what a policy is called
   */
  constructor(pointed, titleOf) {
    this.pointed = pointed;
    this.titleOf = titleOf;
    this.lost = false;
    setInterval(() => this.episode?.state === "running" && this.showState(), 200);
  }

  show(episode) {
    this.episode = episode;
    byId("run").hidden = false;
    byId("run").dataset.state = episode.state;
    tell(byId("run-heading"), episode.asked.question);
    this.showState();
    tell(byId("run-problem"), episode.error ? sentence(episode.error) : "");
    this.showAnswer();
    this.showCost();
    this.say();
  }

  /** Read out how it goes: once when it begins, once when it has ended. */
  say() {
    const { state, result, standing: name } = this.episode;
    const ended = result && `${standing(name).title}. ${result.answer ?? ""}`;
    const text = ended || { running: "Looking", cancelled: "Cancelled" }[state] || "";
    const told = byId("said");
    if (told.dataset.of === `${this.episode.id} ${state}`) return;
    told.dataset.of = `${this.episode.id} ${state}`;
    told.textContent = visible(text);
  }

  showState() {
    const { state, seconds, views, tokens, forkOf } = this.episode;
    const time = `${seconds.toFixed(1)}\u00a0s`;
    const from = forkOf ? "From your box: " : "";
    const spent = `${number(tokens)} vision tokens in ${counted(views.length, "view")}`;
    const looking = pagesInWords(this.episode);
    const text = {
      running: this.lost
        ? "The server does not answer; trying again …"
        : `${from}${looking} … ${spent}, ${time}`,
      done: `${from}${spent}, ${time}. It ended because ${this.episode.reason}.`,
      failed: `${from}it failed after ${time}.`,
      cancelled: `${from}cancelled after ${time}, ${spent}.`,
    }[state];
    const told = byId("state");
    if (told.textContent !== sentence(text)) told.textContent = sentence(text);
    byId("cancel").hidden = state !== "running";
  }

  showAnswer() {
    const panel = byId("answer");
    const { result, id, standing: name, why, asked } = this.episode;
    panel.hidden = result === null;
    if (result === null) return panel.replaceChildren();
    panel.dataset.standing = name;
    const attributes = { class: answerClass(result.answer), id: "answer-text" };
    const said = make("p", attributes, result.answer ?? nothing(name));
    panel.replaceChildren(
      ...(result.answer === null ? without(name, said, why) : [verdict(name, why), said]),
      ...reasoning(result.reasoning),
      ...(result.document ? [make("p", { class: "quiet" }, lookedAt(result.document))] : []),
      make("ul", { class: "evidence" }, ...this.places(result)),
      make(
        "p",
        { class: "actions" },
        make("a", { class: "button", href: reportUrl(id), download: true }, "Download the report"),
        make("span", { class: "quiet" }, `Answered by: ${this.titleOf(asked.policy)}`),
      ),
    );
  }

  places({ evidence, answer, document }) {
    return evidence.map(({ region, text, page, read_from: from }, index) => {
      const on = document ? `page ${page}, ` : "";
      const corners = `(${region.left}, ${region.top}) to (${region.right}, ${region.bottom})`;
      const layer = from === "text_layer" ? ", from the PDF's text layer" : "";
      const place = `${on}pixels ${corners}${layer}`;
      const point = () => this.pointed(index);
      const mark = make("span", { class: "place", "aria-hidden": "true" }, "▣");
      return make(
        "li",
        {},
        make("button", { type: "button", onclick: point }, mark, place),
        text && text !== answer ? make("span", { class: "said" }, text) : null,
      );
    });
  }

  showCost() {
    const { result, tokens, mostTokens, fullResolution } = this.episode;
    const spent = result?.ledger.spent ?? tokens;
    const full = result?.ledger.full_resolution ?? fullResolution;
    if (!full || !spent) return byId("cost").replaceChildren();
    const share = spent / full;
    const percent = `${(share * 100).toFixed(share < 0.095 ? 1 : 0)}%`; // as in the report
    const text = result
      ? `${number(spent)} vision tokens of ${number(full)} for one full-resolution pass (${percent})`
      : `${number(spent)} vision tokens of ${number(mostTokens)} that it may spend; ` +
        `one full-resolution pass is about ${number(full)}`;
    byId("cost").replaceChildren(
      make("meter", { min: 0, max: 1, value: Math.min(1, share), "aria-label": text }),
      make("p", { class: "quiet", "aria-hidden": "true" }, text),
    );
  }
}

/** What a run that goes on is doing. */
function pagesInWords({ asked, surveyed, pages }) {
  if (!asked.document) return "looking";
  const looking = [...pages].filter(([, { came }]) => came === "looking").map(([page]) => page);
  if (looking.length) return `looking at page ${looking.join(", ")} of ${asked.page_count}`;
  return surveyed ? `going through the pages, ${surveyed.done} of ${surveyed.of}` : "opening it";
}

/** Which pages of a document were looked at, and which were not. */
function lookedAt({ opened, page_count: count, not_opened: left }) {
  const pages = opened.map(({ page }) => page).toSorted((one, other) => one - other);
  const which = `${pages.length === 1 ? "page" : "pages"} ${pages.join(", ")}`;
  const rest = left ? `, not at ${left}` : "";
  return `Looked at ${pages.length ? which : "none"} of ${count}${rest}.`;
}

/** Whether the answer is to be relied on, in a mark and in words. */
function verdict(name, why) {
  const { mark, title } = standing(name);
  return make(
    "p",
    { class: "verdict" },
    make("span", { class: "mark", "aria-hidden": "true" }, mark),
    make("span", { class: "strong" }, title),
    why ? make("span", {}, why) : null,
  );
}

/** What is said in place of an answer, with its mark before it. */
function without(name, said, why) {
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, standing(name).mark);
  const because = why ? [make("p", { class: "quiet" }, `${why}.`)] : [];
  return [make("div", { class: "verdict" }, mark, said), ...because];
}

function answerClass(answer) {
  if (answer === null) return "answer none";
  return answer.length > LONG_ANSWER ? "answer long" : "answer";
}

/** What the policy thought; folded up where it is long. */
function reasoning(text) {
  if (!text) return [];
  const said = make("p", { class: "said quiet" }, text);
  if (text.length <= LONG_REASONING) return [said];
  return [make("details", {}, make("summary", {}, "Its reasoning"), said)];
}
