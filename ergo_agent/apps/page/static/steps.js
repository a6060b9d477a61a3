// The list of what happened, in order; one of its steps is the current one, and shows its view.

import { viewUrl } from "./api.js";
import { byId, make, number, sentence, sides } from "./dom.js";
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
    this.items = new Map(); // step -> its element, in the order of the steps
    this.current = null;
    this.opened = null; // what the current step shows below itself
  }

  /**
   * Show the steps that are new, each in its place.
   * @param {object[]} steps
   * @param {boolean} paged whether they are of several pages
   */
  update(steps, paged) {
    this.paged = paged;
    const known = this.items;
    this.items = new Map(steps.map((step) => [step, known.get(step) ?? this.item(step)]));
    [...this.items.values()].forEach((item, at) => {
      const there = this.list.children[at];
      if (there !== item) this.list.insertBefore(item, there ?? null);
    });
    const [first] = this.items.values();
    if (this.current === null && first) first.firstElementChild.tabIndex = 0;
  }

  /** Make the step of a view the current one. */
  selectView(viewNumber) {
    this.select([...this.items.keys()].find((s) => s.kind === "view" && s.number === viewNumber));
  }

  /** Give the focus back to the current step. */
  focus() {
    this.items.get(this.current)?.firstElementChild.focus({ preventScroll: true });
  }

  select(step) {
    const item = this.items.get(step);
    if (!item) return;
    this.current = step;
    for (const other of this.items.values()) {
      const button = other.firstElementChild;
      button.tabIndex = other === item ? 0 : -1;
      if (other === item) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    }
    this.opened?.remove();
    this.opened = step.kind === "view" ? this.details(step) : null;
    if (this.opened) item.append(this.opened);
    this.focus();
    item.scrollIntoView({ block: "nearest" });
    this.wishes.selected(step);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!event.target.matches(".step")) return;
    const steps = [...this.items.keys()];
    const at = [...this.items.values()].indexOf(event.target.parentNode);
    const last = steps.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.select(steps[Math.min(Math.max(to, 0), last)]);
  }

  item(step) {
    const attributes = {
      type: "button",
      class: `step ${step.kind}${step.by === "person" ? " person" : ""}`,
      tabindex: "-1",
      onclick: () => this.select(step),
    };
    const parts = step.kind === "view" ? viewParts(step, this.paged) : moveParts(step, this.paged);
    return make("li", {}, make("button", attributes, ...parts));
  }

  /** A view as the policy saw it, and what can be done about it. */
  details(view) {
    const closer = () => this.wishes.closer(view);
    const elsewhere = () => this.wishes.elsewhere(view);
    return make(
      "div",
      { class: "details" },
      viewImage(view, `View ${view.number} as it was seen`),
      make(
        "p",
        { class: "actions" },
        make("button", { type: "button", onclick: closer }, "See it full size"),
        view.zoom === null
          ? null
          : make("button", { type: "button", onclick: elsewhere }, "Choose another box"),
      ),
    );
  }
}

/** A view in a dialog over the page, in its own pixels. */
export function showCloser(view) {
  const dialog = byId("closer");
  const name = `View ${view.number} as it was seen`;
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

function viewParts(view, paged) {
  const { left, top, right, bottom } = view.region;
  const pixels = `pixels (${left}, ${top}) to (${right}, ${bottom})`;
  const place = view.whole ? (paged ? "all of it" : "the whole image") : pixels;
  return [
    viewImage(view, "", { loading: "lazy" }),
    make(
      "span",
      {},
      make("span", { class: "strong" }, `View ${view.number}`),
      make("span", { class: "fact" }, sentence(paged ? `page ${view.page}, ${place}` : place)),
      make("span", { class: "fact" }, `${sides(...view.shown)}, ${number(view.tokens)} tokens`),
    ),
  ];
}

function moveParts(move, paged) {
  // a person gives a box and no reasons: those of the event are the policy's, for the box before
  const said = move.by === "person" ? null : move.reasoning || move.error;
  return [
    make("span", { class: "strong" }, moveInWords(move)),
    paged ? make("span", { class: "fact" }, `Page ${move.page}`) : null,
    said ? make("span", { class: "said" }, said) : null,
  ];
}
