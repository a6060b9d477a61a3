// One run as the page knows it: what its events came to. No elements here.

export class Episode {
  constructor(id, asked, { forkOf = null, seconds = 0 } = {}) {
    this.id = id;
    this.asked = asked; // {image, page, page_count, question, width, height, name, document, policy}
    this.forkOf = forkOf;
    this.steps = []; // {kind: "view", ...} and {kind: "move", ...}, in order
    this.zooms = new Map(); // number of a zoom -> its regions, in original pixels
    this.spent = new Map(); // page -> vision tokens of the look at it
    this.mostTokens = null;
    this.surveyed = null; // {done, of}: how far a document's survey is
    this.pages = new Map(); // page -> {why, place, came}, of those that are looked at
    this.state = "running";
    this.result = null;
    this.reason = null;
    this.standing = null; // how far the answer is to be relied on
    this.why = null; // what that stands on
    this.error = null;
    this.started = performance.now() - 1000 * seconds;
    this.took = null; // seconds, once it has ended
  }

  get views() {
    return this.steps.filter((step) => step.kind === "view");
  }

  get tokens() {
    return [...this.spent.values()].reduce((sum, each) => sum + each, 0);
  }

  /** Vision tokens of all pages at full resolution, by what the first view cost. */
  get fullResolution() {
    const [first] = this.views;
    if (!first) return null;
    const area = ([width, height]) => width * height;
    const pages = this.asked.document ? this.asked.page_count : 1;
    return (pages * first.tokens * area(first.original)) / area(first.shown);
  }

  get seconds() {
    return this.took ?? (performance.now() - this.started) / 1000;
  }

  /** Which file it is about, and which page of it. */
  get place() {
    const { name, page, page_count: count, document } = this.asked;
    if (count === 1) return name;
    if (!document) return `${name}, page ${page} of ${count}`;
    return this.result?.answer == null
      ? `${name}, all ${count} pages`
      : `${name}, page ${this.result.image.page} of ${count}`;
  }

  /** Views of a document are counted through all of its pages; an event counts those of one. */
  viewOf(data) {
    const whole = data.number === 1;
    const { document } = this.asked;
    const number = document ? this.views.length + 1 : data.number;
    return { ...data, kind: "view", number, whole, zoom: whole || document ? null : this.zoom };
  }

  /** Say of each page of a document that was looked at what came of it. */
  close({ document, answer, image }) {
    for (const { page, error, found } of document?.opened ?? []) {
      const known = this.pages.get(page) ?? {};
      const given = found && answer !== null && page === image.page;
      this.pages.set(page, { ...known, came: given ? "answer" : error ? "broken" : "nothing" });
    }
  }

  /** Add a view; those of one zoom are made at once, and may come in any order. */
  insert(view) {
    let at = this.steps.length;
    while (at > 0 && this.steps[at - 1].kind === "view" && this.steps[at - 1].number > view.number) at -= 1;
    this.steps.splice(at, 0, view);
  }

  /** Take one event in. */
  take(name, data) {
    if (name === "pages_surveyed") {
      this.surveyed = data;
    } else if (name === "page_opened") {
      this.pages.set(data.page, { why: data.why, place: data.place, came: "looking" });
      this.mostTokens += data.max_vision_tokens;
    } else if (name === "view_made") {
      this.insert(this.viewOf(data));
    } else if (name === "tokens_spent") {
      this.spent.set(data.page, data.vision_tokens);
      if (!this.asked.document) this.mostTokens = data.max_vision_tokens;
    } else if (name === "next_decided") {
      if (data.zoom) {
        this.zoom = data.zoom;
        this.zooms.set(data.zoom, data.regions);
      }
      this.steps.push({ ...data, kind: "move" });
      const page = this.pages.get(data.page);
      if (page && data.next === "answer") page.came = data.answer === null ? "nothing" : "looking";
    } else {
      this.state = name;
      this.took = data.seconds ?? this.seconds;
      this.result = data.result ?? null;
      if (this.result) this.close(this.result);
      this.reason = data.reason ?? null; // why it ended, as the end of "It ended because ..."
      this.standing = data.standing ?? null;
      this.why = data.why ?? null;
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
  if (move.unusable) return "Gave no usable reply";
  if (move.next === "answer") return move.answer === null ? "Says that it is not there" : "Answers";
  if (move.next === "second_question") return "Gave no usable reply, and is asked again";
  if (move.next === "last_question") return "Is asked for an answer from what it has seen";
  if (move.next === "verify") return "Answers, and is asked again from the crops alone";
  return move.next.replaceAll("_", " ");
}
