// The list of what happened, in order; one of its steps is the current one.

import { viewUrl } from "./api.js";
import { byId, make, number, sides } from "./dom.js";
import { moveInWords } from "./episode.js";

export class Steps {
  /**
   * @param {object} wishes
   * @param {(step: object | null) => void} wishes.selected told the current step
   * @param {(view: object) => void} wishes.closer asked to show a view at its full size
   * @param {(view: object) => void} wishes.elsewhere asked to let the person choose another box
   */
  constructor(wishes) {
    this.wishes = wishes;
    this.list = byId("steps");
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    this.clear();
  }

  clear() {
    this.list.replaceChildren();
    this.steps = [];
    this.current = null;
  }

  /** Add the steps that are new. */
  update(steps) {
    const known = this.steps.length;
    this.steps = [...steps];
    this.list.append(...this.steps.slice(known).map((step, at) => this.item(step, known + at)));
    const buttons = this.buttons;
    if (this.current === null && buttons[0]) buttons[0].tabIndex = 0;
  }

  get buttons() {
    return [...this.list.querySelectorAll(".step")];
  }

  /** Make the step of a view the current one. */
  selectView(viewNumber) {
    this.select(this.steps.findIndex((s) => s.kind === "view" && s.number === viewNumber));
  }

  select(index, { focus = true } = {}) {
    if (!this.steps[index]) return;
    this.current = index;
    this.buttons.forEach((button, at) => {
      button.tabIndex = at === index ? 0 : -1;
      if (at === index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    [...this.list.children].forEach((item, at) => {
      const actions = item.querySelector(".actions");
      if (actions) actions.hidden = at !== index;
    });
    if (focus) this.buttons[index].focus();
    this.buttons[index].scrollIntoView({ block: "nearest" });
    this.wishes.selected(this.steps[index]);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const at = this.buttons.indexOf(event.target);
    if (at < 0) return;
    const last = this.steps.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.select(Math.min(Math.max(to, 0), last));
  }

  item(step, index) {
    const button = make(
      "button",
      { type: "button", class: `step ${step.kind}`, tabindex: "-1", onclick: () => this.select(index) },
      ...(step.kind === "view" ? viewParts(step) : moveParts(step)),
    );
    return make("li", {}, button, step.kind === "view" ? this.actions(step) : null);
  }

  actions(view) {
    const closer = () => this.wishes.closer(view);
    const elsewhere = () => this.wishes.elsewhere(view);
    return make(
      "p",
      { class: "actions", hidden: true },
      make("button", { type: "button", onclick: closer }, "See it full size"),
      view.zoom === null
        ? null
        : make("button", { type: "button", onclick: elsewhere }, "Look elsewhere"),
    );
  }
}

function viewParts(view) {
  const { left, top, right, bottom } = view.region;
  const what =
    view.number === 1
      ? `the whole image, shown at ${sides(...view.shown)}`
      : `pixels (${left}, ${top}) to (${right}, ${bottom}), shown at ${sides(...view.shown)}`;
  return [
    make("img", {
      src: viewUrl(view.digest),
      alt: "",
      loading: "lazy",
      width: view.shown[0],
      height: view.shown[1],
    }),
    make(
      "span",
      {},
      make("span", { class: "strong" }, `View ${view.number}`),
      `, ${what}; ${number(view.tokens)} tokens`,
    ),
  ];
}

function moveParts(move) {
  const said = move.by === "policy" ? move.reasoning || move.error : null;
  return [
    make("span", { class: "strong" }, moveInWords(move)),
    said ? make("span", { class: "said" }, said) : null,
  ];
}
