"use strict";
(() => {
  const turns = [...document.querySelectorAll(".turn")];
  const boxes = [...document.querySelectorAll(".page .box[data-turn]")];
  const [steps, where, previous, next] = ["steps", "where", "previous", "next"].map((id) =>
    document.getElementById(id),
  );
  if (turns.length === 0) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let current = 0;

  function mark(index) {
    current = Math.min(Math.max(index, 0), turns.length - 1);
    turns.forEach((turn, at) => turn.classList.toggle("current", at === current));
    boxes.forEach((box) => box.classList.toggle("current", box.dataset.turn === `${current + 1}`));
    where.textContent = `Turn ${current + 1} of ${turns.length}`;
    previous.disabled = current === 0;
    next.disabled = current === turns.length - 1;
  }

  function step(by) {
    mark(current + by);
    turns[current].scrollIntoView({ behavior: still.matches ? "auto" : "smooth", block: "start" });
    turns[current].querySelector("h3").focus({ preventScroll: true });
  }

  function markNamed() {
    const named = turns.findIndex((turn) => `#${turn.id}` === location.hash);
    if (named >= 0) mark(named);
  }

  previous.addEventListener("click", () => step(-1));
  next.addEventListener("click", () => step(1));
  addEventListener("hashchange", markNamed);
  addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "ArrowRight" || event.key === "j") step(1);
    else if (event.key === "ArrowLeft" || event.key === "k") step(-1);
    else return;
    event.preventDefault();
  });

  steps.hidden = false;
  mark(Number(steps.dataset.opensOn) - 1);
  markNamed();
})();
