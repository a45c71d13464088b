// Reviewing by keyboard: j and k move, r marks the fact for return, a accepts, Escape leaves a field; in the queue
// Enter opens the row. The legend stands above the table.
// The page does the same without this file.

document.documentElement.classList.add("js");

const table = document.querySelector("[data-keys]");
const form = document.querySelector("[data-review]");
const rows = table ? [...table.querySelectorAll(".review-row")] : [];
let place = -1;

function moveTo(next) {
  if (!rows.length) return;
  rows[place]?.removeAttribute("aria-current");
  place = Math.min(Math.max(next, 0), rows.length - 1);
  rows[place].setAttribute("aria-current", "true");
  const target = rows[place].querySelector("a, [data-mark]");
  target?.focus({ preventScroll: true });
  rows[place].scrollIntoView({ block: "nearest" });
}

function showMark(box) {
  box.closest(".review-row").classList.toggle("is-returned", box.checked);
  const marked = form.querySelectorAll("[data-mark]:checked").length;
  form.querySelector("[data-return]").disabled = marked === 0;
  form.querySelector("[data-accept]").disabled = marked > 0;
  form.querySelector("[data-return-how]")?.classList.toggle("is-wanted", marked > 0);
}

function mark() {
  const box = rows[place]?.querySelector("[data-mark]");
  if (!box) return;
  box.checked = !box.checked;
  showMark(box);
  if (box.checked) rows[place].querySelector("select").focus();
}

const KEYS = {
  j: () => moveTo(place + 1),
  k: () => moveTo(place - 1),
  r: mark,
  a: () => form?.querySelector("[data-accept]")?.click(),
};

function isTyping(target) {
  return target instanceof Element && target.matches("select, textarea, input:not([type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target)) return moveTo(place);
  const action = KEYS[event.key];
  if (!action || isTyping(event.target)) return;
  event.preventDefault();
  action();
});

if (form?.querySelector("[data-accept]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-mark]")) showMark(event.target);
  });
  const first = form.querySelector("[data-mark]");
  if (first) showMark(first);
}
