// The form with the question, who answers it, and what that may cost.

import { byId, make, tell } from "./dom.js";
import { remember } from "./memory.js";

const SETTINGS = {
  view_budget: "Vision tokens for one picture",
  max_vision_tokens: "Vision tokens for all pictures",
  max_zooms: "How often it may look closer",
};

export class AskForm {
  /** @param {(asked: object) => Promise<void>} ask told what is asked; what it throws is shown */
  constructor(ask) {
    this.ask = ask;
    this.form = byId("ask");
    this.question = byId("question");
    this.problem = byId("ask-problem");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.question.addEventListener("input", () => remember({ draft: this.question.value }));
    this.question.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
  }

  /** Fill the menu and the settings. */
  prepare({ policies, default_policy: chosen, settings }) {
    this.titles = new Map(policies.map(({ name, title }) => [name, title]));
    byId("policy").replaceChildren(
      ...policies.map(({ name, title, why_not: why }) =>
        make("option", { value: name, disabled: why !== null, selected: name === chosen }, title),
      ),
    );
    const lacking = policies.filter(({ why_not: why }) => why !== null);
    byId("others").hidden = lacking.length === 0;
    byId("policy-why").replaceChildren(
      ...lacking.map(({ title, why_not: why }) =>
        make("li", {}, make("span", { class: "strong" }, `${title}: `), why),
      ),
    );
    byId("settings").replaceChildren(
      ...Object.entries(SETTINGS).map(([name, title]) => field(name, title, settings[name])),
    );
  }

  /** Say which pages may be asked about, of what is opened. */
  about({ paged, page }) {
    byId("where-row").hidden = !paged;
    byId("where-one").textContent = `page ${page} only`;
  }

  /** What a policy is called, by its name in the menu. */
  titleOf(name) {
    return this.titles?.get(name) ?? name;
  }

  /** Whether all pages are asked about. */
  get everywhere() {
    return !byId("where-row").hidden && byId("where").value === "all";
  }

  async submit() {
    tell(this.problem, "");
    const question = this.question.value.trim();
    const send = byId("send");
    send.disabled = true;
    try {
      const policy = byId("policy").value;
      await this.ask({ question, policy, settings: chosenSettings() });
    } catch (error) {
      tell(this.problem, error.message);
    } finally {
      send.disabled = false;
    }
  }
}

function field(name, title, { default: usual, least, most }) {
  const input = make("input", {
    type: "number",
    name,
    min: least,
    max: most,
    placeholder: usual ?? "4 × one picture",
  });
  return make("label", {}, title, input);
}

/** The settings that were given; the others keep their defaults. */
function chosenSettings() {
  const given = [...byId("settings").querySelectorAll("input")].filter((input) => input.value);
  return Object.fromEntries(given.map((input) => [input.name, input.valueAsNumber]));
}
