// The original with the boxes of views and evidence over it; all boxes in original pixels.

import { byId, make, makeSvg, sides } from "./dom.js";
import { pictureUrl } from "./api.js";

const MOST_SIDE = 2000; // of the picture, in its own pixels; larger originals are shown shrunk
const LABEL = 20; // height of a label, in CSS pixels

export class Stage {
  /** @param {(number: number) => void} chosen told the number of a view whose box was clicked */
  constructor(chosen) {
    this.stage = byId("stage");
    this.picture = byId("picture");
    this.boxes = byId("boxes");
    this.layer = makeSvg("g");
    this.boxes.append(this.layer);
    this.chosen = chosen;
    this.drawn = { views: [], evidence: [], selected: null };
    new ResizeObserver(() => this.draw()).observe(this.stage);
  }

  /** Show a page of an image. */
  show({ image, page, width, height, name }) {
    this.size = { width, height };
    this.picture.src = pictureUrl(image, page, Math.min(MOST_SIDE, Math.max(width, height)));
    this.picture.alt = `${name}, ${sides(width, height)} pixels`;
    this.picture.width = width;
    this.picture.height = height;
    this.stage.style.setProperty("--ratio", width / height);
    this.boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.mark([], [], null);
  }

  /** Draw the boxes of views, the places an answer was read in, and which view is selected. */
  mark(views, evidence, selected) {
    this.drawn = { views, evidence, selected };
    this.draw();
  }

  /** Original pixels in one CSS pixel. */
  get scale() {
    return this.size ? this.size.width / (this.stage.clientWidth || this.size.width) : 1;
  }

  draw() {
    if (!this.size) return;
    const { views, evidence, selected } = this.drawn;
    const focused = document.activeElement?.closest?.("#boxes .box")?.dataset.view;
    const zooms = views.filter((view) => view.number > 1);
    this.layer.replaceChildren(
      ...zooms.map((view) => this.viewBox(view, view.number === selected)),
      ...evidence.map(({ region }) => frame(region, "evidence")),
    );
    if (focused) this.boxes.querySelector(`[data-view="${focused}"]`)?.focus();
  }

  viewBox(view, selected) {
    const name = `View ${view.number}`;
    const height = LABEL * this.scale;
    const width = height * (0.7 + 0.6 * String(view.number).length);
    const { left, top } = view.region;
    const y = top > height ? top - height : top;
    const choose = () => this.chosen(view.number);
    return makeSvg(
      "g",
      {
        class: selected ? "box selected" : "box",
        role: "button",
        tabindex: "0",
        "aria-label": `${name}, show its step`,
        "data-view": view.number,
        onclick: choose,
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose();
        },
      },
      frame(view.region, "frame"),
      makeSvg("rect", { class: "tag", x: left, y, width, height }),
      makeSvg(
        "text",
        { x: left + width / 2, y: y + height * 0.76, "font-size": height * 0.75, "text-anchor": "middle" },
        String(view.number),
      ),
    );
  }
}

function frame({ left, top, right, bottom }, name) {
  const attributes = { class: name, x: left, y: top, width: right - left, height: bottom - top };
  return makeSvg("rect", { ...attributes, "vector-effect": "non-scaling-stroke" });
}

/** A view as the policy saw it, in a dialog over the page. */
export function showCloser(view, url) {
  const dialog = byId("closer");
  const name = `View ${view.number} as the policy saw it`;
  byId("closer-heading").textContent = `${name}, ${sides(...view.shown)} pixels`;
  byId("closer-view").replaceWith(make("img", { id: "closer-view", src: url, alt: name }));
  dialog.showModal();
}
