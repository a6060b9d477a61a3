// The pages of a document in a row, small: which were looked at, and where. Boxes in original pixels.

import { pictureUrl } from "./api.js";
import { byId, make, makeSvg, tell } from "./dom.js";

const SIDE = 200; // of a small picture, in its own pixels
const MOST = 300; // pages that are shown; the others are reached by their number
const CAME = { answer: "answer", nothing: "looked at", looking: "looking", broken: "broken" };

export class Strip {
  /** @param {(page: number) => void} chosen told the page that was chosen */
  constructor(chosen) {
    this.chosen = chosen;
    this.list = byId("strip-pages");
    this.list.addEventListener("keydown", (event) => this.pressed(event));
    this.items = new Map(); // page -> its button
    this.document = null;
  }

  /** Show the pages of what was opened, if there are several, and which of them is shown large. */
  show({ image, page, page_count: count, paged, name }) {
    byId("strip").hidden = !paged;
    if (!paged) return;
    if (this.document !== image) this.fill(image, count, name);
    for (const [number, button] of this.items) {
      button.tabIndex = number === page ? 0 : -1;
      if (number === page) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
    const current = this.items.get(page);
    if (current) this.reach(current);
    else this.items.get(1).tabIndex = 0;
  }

  fill(image, count, name) {
    this.document = image;
    this.name = name;
    const shown = Math.min(count, MOST);
    const pages = Array.from({ length: shown }, (_, at) => at + 1);
    this.items = new Map(pages.map((page) => [page, this.button(image, page)]));
    this.list.replaceChildren(...[...this.items.values()].map((each) => make("li", {}, each)));
    this.list.scrollLeft = 0;
    tell(byId("strip-more"), count > shown ? `${count - shown} more: give their number above.` : "");
  }

  button(image, page) {
    const picture = make("img", { src: pictureUrl(image, page, SIDE), alt: "", loading: "lazy" });
    return make(
      "button",
      { type: "button", "data-page": page, onclick: () => this.chosen(page) },
      make("span", { class: "sheet" }, picture, makeSvg("svg", { "aria-hidden": "true" })),
      make("span", { class: "unseen" }, "Page"),
      make("span", {}, page),
      make("span", { class: "came" }),
      make("span", { class: "unseen" }),
    );
  }

  /**
   * Say of each page what came of it, and draw where it was looked at.
   * @param {Episode | null} episode about the document; null where none is looked at
   */
  mark(episode) {
    for (const [page, button] of this.items) {
      const { came, why, place } = episode?.pages.get(page) ?? {};
      const boxes = came ? boxesOf(episode, page, place) : [];
      const [sheet, , , word, count] = button.children;
      const said = [page, came, boxes.length].join(" ");
      if (button.dataset.said === said) continue;
      button.dataset.said = said;
      button.dataset.came = came ?? "";
      word.textContent = CAME[came] ?? "";
      count.textContent = boxes.length ? `${boxes.length} ${boxes.length === 1 ? "box" : "boxes"}` : "";
      button.title = why ?? "";
      const view = episode?.views.find((each) => each.page === page);
      if (view) sheet.lastChild.setAttribute("viewBox", `0 0 ${view.original.join(" ")}`);
      sheet.lastChild.replaceChildren(...(view ? boxes : []));
    }
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const at = Number(event.target.closest("button")?.dataset.page);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 1, End: this.items.size }[event.key];
    const button = this.items.get(Math.min(Math.max(to, 1), this.items.size));
    if (!button) return;
    event.preventDefault();
    for (const other of this.items.values()) other.tabIndex = other === button ? 0 : -1;
    button.focus({ preventScroll: true });
    this.reach(button);
  }

  /** Bring a page into sight; only the row moves, never the window. */
  reach(button) {
    const middle = button.parentNode.offsetLeft + button.offsetWidth / 2;
    this.list.scrollLeft = middle - this.list.clientWidth / 2;
  }
}

/** The place that the finder saw, what was looked at closer, and where the answer was read. */
function boxesOf({ views, result }, page, place) {
  const closer = views.filter((view) => view.page === page && !view.whole);
  const read = (result?.evidence ?? []).filter((each) => each.page === page);
  return [
    ...(place ? [frame(place, "hit")] : []),
    ...closer.map(({ region }) => frame(region, "closer")),
    ...read.map(({ region }) => frame(region, "read")),
  ];
}

function frame({ left, top, right, bottom }, name) {
  const attributes = { class: name, x: left, y: top, width: right - left, height: bottom - top };
  return makeSvg("rect", { ...attributes, "vector-effect": "non-scaling-stroke" });
}
