// One run as the page knows it: what its events came to. No elements here.

export class Episode {
  constructor(id, asked, { forkOf = null } = {}) {
    this.id = id;
    this.asked = asked; // {image, page, question, width, height, name}
    this.forkOf = forkOf;
    this.steps = []; // {kind: "view", ...} and {kind: "move", ...}, in order
    this.zooms = new Map(); // number of a zoom -> its regions, in original pixels
    this.tokens = 0;
    this.mostTokens = null;
    this.state = "running";
    this.result = null;
    this.reason = null;
    this.error = null;
    this.started = performance.now();
    this.ended = null;
  }

  get views() {
    return this.steps.filter((step) => step.kind === "view");
  }

  /** Vision tokens of the whole original at full resolution, by what the first view cost. */
  get fullResolution() {
    const [first] = this.views;
    if (!first) return null;
    const area = ([width, height]) => width * height;
    return (first.tokens * area(first.original)) / area(first.shown);
  }

  get seconds() {
    return ((this.ended ?? performance.now()) - this.started) / 1000;
  }

  /** Add a view; those of one zoom are made at once, and may come in any order. */
  insert(view) {
    let at = this.steps.length;
    while (at > 0 && this.steps[at - 1].kind === "view" && this.steps[at - 1].number > view.number) at -= 1;
    this.steps.splice(at, 0, view);
  }

  /** Take one event in. */
  take(name, data) {
    if (name === "view_made") {
      this.insert({ ...data, kind: "view", zoom: data.number === 1 ? null : this.zoom });
    } else if (name === "tokens_spent") {
      this.tokens = data.vision_tokens;
      this.mostTokens = data.max_vision_tokens;
    } else if (name === "next_decided") {
      if (data.zoom) {
        this.zoom = data.zoom;
        this.zooms.set(data.zoom, data.regions);
      }
      this.steps.push({ ...data, kind: "move" });
    } else {
      this.state = name;
      this.ended = performance.now();
      this.result = data.result ?? null;
      this.reason = data.reason ?? null; // why it ended, as the end of "It ended because ..."
      this.error = data.error ?? null;
    }
  }
}

/** What was decided to come next, as words behind "Policy" or "You". */
export function moveInWords(move) {
  const count = move.regions.length;
  const what = count === 1 ? "a region" : `${count} regions`;
  if (move.next === "zoom") {
    return move.by === "person" ? `You chose ${what}` : `Asks to see ${what} closer`;
  }
  if (move.next === "answer") return move.answer === null ? "Says that it is not there" : "Answers";
  if (move.next === "second_question") return "Gave no usable reply, and is asked again";
  if (move.next === "last_question") return "Is asked for an answer from what it has seen";
  if (move.next === "verify") return "Answers, and is asked again from the crops alone";
  return move.next.replaceAll("_", " ");
}
