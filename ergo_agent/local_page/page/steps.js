// The list of what happened, in order; one of its steps is the current one, and shows its view.

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
    this.opened = null; // what the current step shows below itself
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

  /** Give the focus back to the current step. */
  focus() {
    if (this.current !== null) this.buttons[this.current].focus({ preventScroll: true });
  }

  select(index) {
    if (!this.steps[index]) return;
    this.current = index;
    const buttons = this.buttons;
    buttons.forEach((button, at) => {
      button.tabIndex = at === index ? 0 : -1;
      if (at === index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    this.opened?.remove();
    const step = this.steps[index];
    this.opened = step.kind === "view" ? this.details(step) : null;
    const item = buttons[index].parentNode;
    if (this.opened) item.append(this.opened);
    buttons[index].focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
    this.wishes.selected(step);
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
    const attributes = {
      type: "button",
      class: `step ${step.kind}${step.by === "person" ? " person" : ""}`,
      tabindex: "-1",
      onclick: () => this.select(index),
    };
    const parts = step.kind === "view" ? viewParts(step) : moveParts(step);
    return make("li", {}, make("button", attributes, ...parts));
  }

  /** A view as the policy saw it, and what can be done about it. */
  details(view) {
    const closer = () => this.wishes.closer(view);
    const elsewhere = () => this.wishes.elsewhere(view);
    return make(
      "div",
      { class: "details" },
      viewImage(view, `View ${view.number} as the policy saw it`),
      make(
        "p",
        { class: "actions" },
        make("button", { type: "button", onclick: closer }, "See it full size"),
        view.zoom === null
          ? null
          : make("button", { type: "button", onclick: elsewhere }, "Look elsewhere"),
      ),
    );
  }
}

/** A view in a dialog over the page, in its own pixels. */
export function showCloser(view) {
  const dialog = byId("closer");
  const name = `View ${view.number} as the policy saw it`;
  byId("closer-heading").textContent = `${name}, ${sides(...view.shown)} pixels`;
  byId("closer-view").replaceWith(
    make("img", { id: "closer-view", src: viewUrl(view.digest), alt: name }),
  );
  dialog.showModal();
}

function viewImage(view, alt, more = {}) {
  const [width, height] = view.shown;
  return make("img", { src: viewUrl(view.digest), alt, width, height, ...more });
}

function viewParts(view) {
  const { left, top, right, bottom } = view.region;
  const place =
    view.number === 1 ? "The whole image" : `Pixels (${left}, ${top}) to (${right}, ${bottom})`;
  return [
    viewImage(view, "", { loading: "lazy" }),
    make(
      "span",
      {},
      make("span", { class: "strong" }, `View ${view.number}`),
      make("span", { class: "fact" }, place),
      make("span", { class: "fact" }, `${sides(...view.shown)}, ${number(view.tokens)} tokens`),
    ),
  ];
}

function moveParts(move) {
  // a person gives a box and no reasons: those of the event are the policy's, for the box before
  const said = move.by === "person" ? null : move.reasoning || move.error;
  return [
    make("span", { class: "strong" }, moveInWords(move)),
    said ? make("span", { class: "said" }, said) : null,
  ];
}
