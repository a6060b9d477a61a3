// Wires the parts of the page together.

import * as api from "./api.js";
import { AskForm } from "./question.js";
import { byId, make, sides, tell, visible } from "./dom.js";
import { BoxEditor } from "./editor.js";
import { Episode } from "./episode.js";
import { RunPanel } from "./panel.js";
import { Picker } from "./picker.js";
import { listRuns } from "./runs.js";
import { Stage } from "./stage.js";
import { Steps, showCloser } from "./steps.js";

let image = null; // what is opened, and the page of it that is shown
let shown = null; // the run that is looked at
let editing = null; // the view whose box is being changed
let place = null; // the piece of evidence that is pointed at
const episodes = [];

const stage = new Stage((view) => steps.selectView(view));
const steps = new Steps({
  selected: () => {
    place = null;
    draw();
  },
  closer: showCloser,
  elsewhere: edit,
});
const panel = new RunPanel(pointAt);
const editor = new BoxEditor(stage, goOn, () => steps.focus());
const picker = new Picker(opened);
const form = new AskForm(ask);

/** An image was opened, or another page of it is to be shown. */
function opened(given) {
  image = given;
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
  if (shown && !isShown(shown.asked)) look(null);
  else draw();
  document.title = `${visible(image.name)} · ergo-agent`;
  if (matchMedia("(min-width: 64rem)").matches) byId("question").focus();
}

const isShown = ({ image: digest, page }) => image?.image === digest && image.page === page;

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
  const about = { image: image.image, page: image.page };
  const { run } = await api.ask({ ...about, ...asked });
  begin(new Episode(run, { ...image, question: asked.question }));
}

/** Let the person choose another box in place of a view's. */
function edit(view) {
  editing = view;
  editor.open(view.region, `Look elsewhere than in view ${view.number}`);
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
  api.follow(
    episode.id,
    (name, data) => {
      panel.lost = false;
      episode.take(name, data);
      if (episode === shown) update();
      listRuns(episodes, shown, look);
    },
    (lost) => {
      if (episode === shown) panel.lost = lost;
    },
  );
}

/** Look at a run, or at none. */
function look(episode) {
  shown = episode;
  place = null;
  editor.close();
  steps.clear();
  byId("run").hidden = episode === null;
  byId("intro").hidden = episodes.length > 0;
  byId("cancel").hidden = episode?.state !== "running";
  if (episode !== null) {
    if (!isShown(episode.asked)) opened(episode.asked);
    update();
  }
  listRuns(episodes, shown, look);
}

function update() {
  panel.show(shown);
  steps.update(shown.steps);
  draw();
}

/** Draw the boxes of the run that is looked at. */
function draw() {
  const { current } = steps;
  const view = current?.kind === "view" ? current.number : null;
  stage.mark(shown?.views ?? [], shown?.result?.evidence ?? [], { view, place });
}

/** Point at a piece of evidence on the image. */
function pointAt(index) {
  place = index;
  draw();
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

try {
  const setup = await api.setup();
  form.prepare(setup);
  await picker.prepare(setup);
} catch (error) {
  tell(byId("image-problem"), error.message);
}
