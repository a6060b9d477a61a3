// The original with the boxes of views and evidence over it; all boxes in original pixels.

import { byId, makeSvg, sides, tell } from "./dom.js";
import { pictureUrl } from "./api.js";

const MOST_SIDE = 2000; // of the picture, in its own pixels; larger originals are shown shrunk
const LABEL = 20; // height of a label, in CSS pixels
const GONE = "The picture did not come: the server is gone, or has forgotten the image. Open it again.";

export class Stage {
  /** @param {(number: number) => void} chosen told the number of a view whose box was clicked */
  constructor(chosen) {
    this.stage = byId("stage");
    this.picture = byId("picture");
    this.boxes = byId("boxes");
    this.views = makeSvg("g");
    this.evidence = makeSvg("g");
    this.boxes.append(this.views, this.evidence);
    this.chosen = chosen;
    this.drawn = new Map(); // what a view is known by -> its element
    this.picture.addEventListener("error", () => tell(byId("image-problem"), GONE));
    new ResizeObserver(() => this.placeTags()).observe(this.stage);
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
    this.mark([], [], {});
  }

  /**
   * Draw the boxes of views and the places an answer was read in. What is drawn already stays as
   * it is, so that neither the focus nor an animation starts again while a run goes on.
   * @param {{view?: number | null, place?: number | null}} selected number of a view, index of a place
   */
  mark(views, evidence, selected) {
    const zooms = new Map(views.filter((view) => !view.whole).map((view) => [key(view), view]));
    for (const [known, drawn] of this.drawn) {
      if (zooms.has(known)) continue;
      drawn.group.remove();
      this.drawn.delete(known);
    }
    for (const [known, view] of zooms) {
      if (!this.drawn.has(known)) this.drawn.set(known, { view, group: this.viewBox(view) });
      const { group } = this.drawn.get(known);
      group.classList.toggle("selected", view.number === selected.view);
      if (group.parentNode !== this.views) this.views.append(group);
    }
    this.evidence.replaceChildren(
      ...evidence.map(({ region }, at) =>
        frame(region, at === selected.place ? "evidence selected" : "evidence"),
      ),
    );
    this.placeTags();
  }

  /** Original pixels in one CSS pixel. */
  get scale() {
    return this.size ? this.size.width / (this.stage.clientWidth || this.size.width) : 1;
  }

  viewBox(view) {
    const choose = () => this.chosen(view.number);
    return makeSvg(
      "g",
      {
        class: "box",
        role: "button",
        tabindex: "0",
        "aria-label": `View ${view.number}, show its step`,
        "data-view": view.number,
        onclick: choose,
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          choose();
        },
      },
      frame(view.region, "frame"),
      makeSvg("rect", { class: "tag" }),
      makeSvg("text", { "text-anchor": "middle" }, String(view.number)),
    );
  }

  /** Put the numbers at their boxes; they have one size on the screen, however large the image. */
  placeTags() {
    if (!this.size) return;
    const height = LABEL * this.scale;
    for (const { view, group } of this.drawn.values()) {
      const width = height * (0.7 + 0.6 * String(view.number).length);
      const { top } = view.region;
      const left = Math.min(view.region.left, this.size.width - width);
      const y = top > height ? top - height : top;
      const [, tag, text] = group.children;
      put(tag, { x: left, y, width, height });
      put(text, { x: left + width / 2, y: y + height * 0.76, "font-size": height * 0.75 });
    }
  }
}

const key = ({ number, region: { left, top, right, bottom } }) =>
  [number, left, top, right, bottom].join(" ");

function put(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

function frame({ left, top, right, bottom }, name) {
  const attributes = { class: name, x: left, y: top, width: right - left, height: bottom - top };
  return makeSvg("rect", { ...attributes, "vector-effect": "non-scaling-stroke" });
}
