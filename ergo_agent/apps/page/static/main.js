// Wires the parts of the page together.

import * as api from "./api.js";
import { AskForm } from "./question.js";
import { byId, make, sides, tell, visible } from "./dom.js";
import { BoxEditor } from "./editor.js";
import { Episode } from "./episode.js";
import { remember, remembered } from "./memory.js";
import { RunPanel } from "./panel.js";
import { Picker } from "./picker.js";
import { listRuns } from "./runs.js";
import { Stage } from "./stage.js";
import { Steps, showCloser } from "./steps.js";
import { Strip } from "./strip.js";

let image = null; // what is opened, and the page of it that is shown
let shown = null; // the run that is looked at
let editing = null; // the view whose box is being changed
let place = null; // the piece of evidence that is pointed at
const episodes = [];

const stage = new Stage((view) => steps.selectView(view));
const steps = new Steps({
  selected: (step) => {
    place = null;
    follow(step?.page);
  },
  closer: showCloser,
  elsewhere: edit,
});
const panel = new RunPanel(pointAt, (policy) => form.titleOf(policy));
const editor = new BoxEditor(stage, goOn, () => steps.focus());
const picker = new Picker(opened);
const form = new AskForm(ask);
const strip = new Strip(turnTo);

/** An image was opened, or another page of it is to be shown. */
function opened(given) {
  const another = image?.image !== given.image;
  image = given;
  remember({ image: image.image, page: image.page });
  const many = image.page_count > 1;
  byId("picker").hidden = true;
  byId("shown").hidden = false;
  byId("another").hidden = false;
  byId("pages").hidden = !many;
  byId("page-number").value = image.page;
  byId("page-number").max = image.page_count;
  byId("page-count").textContent = image.page_count;
  byId("page-before").disabled = image.page <= 1;
  byId("page-after").disabled = image.page >= image.page_count;
  const page = many ? `, page ${image.page} of ${image.page_count}` : "";
  const pixels = `, ${sides(image.width, image.height)} pixels${page}`;
  byId("image-name").replaceChildren(make("bdi", {}, image.name), pixels);
  editor.close();
  stage.show(image);
  form.about(image);
  strip.show(image);
  if (shown && !isShown(shown.asked)) look(null);
  else draw();
  document.title = `${visible(image.name)} · ergo-agent`;
  if (another && isWide()) byId("question").focus();
}

/** Whether what a run is about is shown: of a document any of its pages. */
const isShown = ({ image: digest, page, document: all }) =>
  image?.image === digest && (all || image.page === page);

async function turnTo(page) {
  const before = image;
  const turned = await picker.open(`page ${page}`, async () => ({
    ...before,
    ...(await api.facts(before.image, page)),
  }));
  if (!turned && image) byId("page-number").value = image.page;
}

function chooseAnother() {
  image = null;
  remember({ image: null });
  editor.close();
  look(null);
  byId("picker").hidden = false;
  for (const id of ["shown", "another"]) byId(id).hidden = true;
  byId("image-name").textContent = "";
  tell(byId("image-problem"), "");
  byId("file").focus();
}

async function ask(asked) {
  if (!image) throw new Error("Open an image first: drop one on this page, or choose a file.");
  const all = form.everywhere;
  const about = { image: image.image, page: all ? null : image.page };
  const { run } = await api.ask({ ...about, ...asked });
  const { question, policy } = asked;
  begin(new Episode(run, { ...image, question, policy, document: all }));
}

/** Let the person choose another box in place of a view's. */
function edit(view) {
  editing = view;
  editor.open(view.region, `Another box than that of view ${view.number}`);
}

/** Fork the run that is looked at: the box takes the place of the view's, its neighbours stay. */
async function goOn(box) {
  const { left, top, right, bottom } = box;
  const others = shown.views
    .filter((view) => view.zoom === editing.zoom && view.number !== editing.number)
    .map(({ region }) => [region.left, region.top, region.right, region.bottom]);
  const { run } = await api.fork(shown.id, editing.zoom, [[left, top, right, bottom], ...others]);
  begin(new Episode(run, shown.asked, { forkOf: shown.id }));
  byId("run-heading").focus();
}

function begin(episode) {
  episodes.push(episode);
  look(episode);
  // on a narrow window it lies below the image, out of sight
  byId("run").scrollIntoView({ block: isWide() ? "nearest" : "start" });
  listenToEnd(episode);
}

/** Follow a run that goes on, and show what comes of it if it is still looked at then. */
async function listenToEnd(episode) {
  await listen(episode);
  if (episode === shown && episode.result) await showAnswer(episode);
}

/** Follow a run to its end. */
const listen = (episode) =>
  api.follow(
    episode.id,
    (name, data) => {
      panel.lost = false;
      episode.take(name, data);
      if (episode === shown) update();
      listRuns(episodes, shown, choose);
    },
    (lost) => {
      if (episode === shown) panel.lost = lost;
    },
  );

/** Bring what came of a run that has ended into sight, its page and its answer. */
async function showAnswer(episode) {
  await follow(answeredFrom(episode));
  if (episode === shown && !editor.isOpen) byId("answer").scrollIntoView({ block: "nearest" });
}

const isWide = () => matchMedia("(min-width: 64rem)").matches;

/** The page of a document that a run answered from. */
const answeredFrom = ({ result }) => (result?.answer == null ? null : result.image.page);

/** Turn to the page that something is about, if another one is shown. */
async function follow(page) {
  if (image && shown?.asked.document && page && page !== image.page) await turnTo(page);
  else draw();
}

/** Look at a run, or at none. */
function look(episode) {
  shown = episode;
  place = null;
  remember({ run: episode?.id ?? null });
  editor.close();
  steps.clear();
  byId("run").hidden = episode === null;
  byId("intro").hidden = episodes.length > 0;
  byId("cancel").hidden = episode?.state !== "running";
  if (episode !== null) {
    if (!isShown(episode.asked)) opened(episode.asked);
    update();
  }
  listRuns(episodes, shown, choose);
}

/** Look at a run of the list, and bring what came of it into sight. */
async function choose(episode) {
  look(episode);
  if (episode.result) await showAnswer(episode);
  else byId("run").scrollIntoView({ block: "nearest" });
}

function update() {
  panel.show(shown);
  steps.update(shown.steps, Boolean(shown.asked.document));
  draw();
}

/** Draw the boxes of the run that is looked at: on the image those of the page that is shown. */
function draw() {
  const { current } = steps;
  const view = current?.kind === "view" ? current.number : null;
  const here = ({ page }) => page === image?.page;
  const evidence = shown?.result?.evidence ?? [];
  const there = evidence.filter(here);
  const pointed = place === null ? null : there.indexOf(evidence[place]);
  stage.mark(shown?.views.filter(here) ?? [], there, { view, place: pointed });
  strip.mark(shown?.asked.document ? shown : null);
}

/** Point at a piece of evidence on the image. */
function pointAt(index) {
  place = index;
  follow(shown.result.evidence[index].page);
  byId("stage").scrollIntoView({ block: "nearest" });
}

byId("another").addEventListener("click", chooseAnother);
byId("page-before").addEventListener("click", () => turnTo(image.page - 1));
byId("page-after").addEventListener("click", () => turnTo(image.page + 1));
byId("page-number").addEventListener("change", (event) => turnTo(event.target.valueAsNumber || 1));
byId("closer-close").addEventListener("click", () => byId("closer").close());
byId("cancel").addEventListener("click", () =>
  api.cancel(shown.id).catch((error) => tell(byId("run-problem"), error.message)),
);

/** Show again what was there before the page was loaded anew, and every run that is remembered. */
async function restore() {
  const kept = remembered();
  byId("question").value ||= kept.draft ?? "";
  const { runs } = await api.runs();
  const known = runs.filter(({ run }) => !episodes.some(({ id }) => id === run)).map(restored);
  episodes.unshift(...known);
  const before = known.find(({ id }) => id === kept.run);
  const going = known.filter(({ id }) => runs.find(({ run }) => run === id).going);
  for (const episode of going) listenToEnd(episode);
  if (before) await lookedAt(before, kept);
  else if (kept.image) await picker.open("what was open", () => api.facts(kept.image, kept.page));
  listRuns(episodes, shown, choose);
  byId("intro").hidden = episodes.length > 0;
  // one after the other, the one that is looked at first: a browser keeps six connections to a server
  const ended = known.filter((episode) => !going.includes(episode)).toReversed();
  ended.sort((one, other) => (other === before) - (one === before));
  for (const episode of ended) await listen(episode);
}

/** Look again at a run, and at the page of its document that was shown. */
async function lookedAt(episode, { image: digest, page }) {
  opened(episode.asked);
  look(episode);
  const { document, image: its, page: first } = episode.asked;
  if (document && digest === its && page !== first) await turnTo(page);
}

function restored({ run, image: about, document, question, policy, fork_of: forkOf, seconds }) {
  return new Episode(run, { ...about, question, policy, document }, { forkOf, seconds });
}

try {
  const setup = await api.setup();
  form.prepare(setup);
  await picker.prepare(setup);
  await restore();
} catch (error) {
  tell(byId("image-problem"), error.message);
}
