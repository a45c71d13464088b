// Comfort for the form: live rates, what is left, carrying over, keys, sections that fold; saving is autosave.js.
// Everything also works without this file: the server does the same with the buttons' names and values.

import { enter, leave } from "./autosave-network.js";
import { showTrouble } from "./autosave-words.js";
import { flush, hasConflicts, isWaiting, leftFact, noteEdit, startAutosave } from "./autosave.js";

const form = document.querySelector("[data-return-form]");

const HALF_WIDTH = { "。": ".", "，": ",", "　": " " };

function plainNumber(text) {
  const half = text
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[。，　]/g, (sign) => HALF_WIDTH[sign])
    .trim();
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(half)) return Number(half.replaceAll(",", ""));
  return /^-?\d+(\.\d+)?$/.test(half) ? Number(half) : null;
}

function control(name) {
  return form.querySelector(`[name="${CSS.escape(name)}"]`);
}

function fixedText(name) {
  // A fact that cannot be changed stands as text; its rate comes from the server.
  return control(name) === null;
}

function showRatio(line) {
  const { numerator, denominator, decimals, percent } = line.dataset;
  if (fixedText(numerator) || fixedText(denominator)) return;
  const first = plainNumber(control(numerator).value);
  const second = plainNumber(control(denominator).value);
  const output = line.querySelector("output");
  const possible = first !== null && second !== null && second > 0;
  line.classList.toggle("rate-line--empty", !possible);
  if (!possible) {
    output.textContent = "–";
    return;
  }
  const places = percent ? Number(decimals) : Math.max(Number(decimals), 2);
  const share = (first / second) * (percent ? 100 : 1);
  output.textContent = `${first} / ${second} = ${share.toFixed(places)}${percent ? "%" : ""}`;
}

// What the server found wrong stays to be done until something about it is changed.
function isUntouched(fact) {
  const controls = [...fact.querySelectorAll("[data-control], [name^='r-']")];
  const box = fact.querySelector("[data-not-applicable]");
  return box.checked === box.defaultChecked && controls.every((each) => each.value === each.dataset.first);
}

function isDone(fact) {
  const field = fact.querySelector("[data-control]");
  if (!field) return !("problem" in fact.dataset);
  if ("problem" in fact.dataset && isUntouched(fact)) return false;
  return field.value.trim() !== "" || fact.querySelector("[data-not-applicable]").checked;
}

function showProgress() {
  const facts = [...form.querySelectorAll("[data-fact]")];
  const open = facts.filter((fact) => !isDone(fact));
  const seconds = open.reduce((sum, fact) => sum + Number(fact.dataset.seconds), 0);
  const text = form.querySelector("[data-left]");
  form.querySelector("[data-progress]").value = facts.length - open.length;
  const some = text.dataset.text
    .replace("{left}", open.length)
    .replace("{total}", facts.length)
    .replace("{minutes}", Math.max(1, Math.round(seconds / 60)));
  text.textContent = open.length ? some : text.dataset.done;
  form.querySelectorAll("[data-section]").forEach(showSection);
}

function showSection(section) {
  const left = [...section.querySelectorAll("[data-fact]")].filter((fact) => !isDone(fact)).length;
  const text = section.querySelector("[data-section-left]");
  text.hidden = left === 0;
  section.querySelector("[data-section-done]").hidden = left > 0;
  const words = document.querySelector("[data-save-words]");
  if (left) text.textContent = words.dataset.sectionLeft.replace("{left}", left);
}

// A section that is complete and left alone folds, unless something in it is unusual.
function foldLeft(section) {
  const isComplete = [...section.querySelectorAll("[data-fact]")].every(isDone);
  if (isComplete && !section.querySelector(".fact__flag, .fact__conflict, .field-error")) section.open = false;
}

// What folds while the mouse is down moves what is being clicked, and the click is lost.
let isPressed = false;
const afterRelease = [];

function followPresses() {
  const release = () => {
    isPressed = false;
    setTimeout(() => afterRelease.splice(0).forEach((act) => act()));
  };
  addEventListener("pointerdown", () => (isPressed = true), { capture: true });
  addEventListener("pointerup", release, { capture: true });
  addEventListener("pointercancel", release, { capture: true });
}

function whenReleased(act) {
  if (isPressed) afterRelease.push(act);
  else act();
}

function applyNotApplicable(box) {
  const fact = box.closest("[data-fact]");
  const field = fact.querySelector("[data-control]");
  if (box.checked && field.value !== "") {
    field.dataset.kept = field.value;
    field.value = "";
  } else if (!box.checked && field.dataset.kept) {
    field.value = field.dataset.kept;
    delete field.dataset.kept;
  }
  field.readOnly = box.checked;
  if (box.checked) fact.querySelector('[name^="r-"]').focus();
}

function carry(button) {
  const field = document.getElementById(button.dataset.for);
  const box = field.closest("[data-fact]").querySelector("[data-not-applicable]");
  if (box?.checked) {
    box.checked = false;
    field.readOnly = false;
  }
  field.value = button.dataset.carry;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
}

function carryAllBlank() {
  for (const button of form.querySelectorAll("[data-carry]")) {
    const field = document.getElementById(button.dataset.for);
    const box = field.closest("[data-fact]").querySelector("[data-not-applicable]");
    if (field.value.trim() === "" && !box.checked) carry(button);
  }
}

// Enter goes to the next fact, from the top to the bottom of the form and then to its button.
function next(field) {
  const controls = [...form.querySelectorAll("[data-control]")];
  const following = controls[controls.indexOf(field) + 1] ?? form.querySelector('.form-bar [value="submit"]');
  following.closest("details[data-section]")?.setAttribute("open", "");
  following.focus();
  if (following instanceof HTMLInputElement) following.select();
}

function onKey(event) {
  const field = event.target;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && field.matches("input[data-control], select[data-control], [name^='r-']")) {
    event.preventDefault();
    next(field.closest("[data-fact]").querySelector("[data-control]"));
  }
  if ((event.key === "=" || event.key === "＝") && field.matches("input[data-control], select[data-control]")) {
    event.preventDefault();
    const button = field.closest("[data-fact]").querySelector("[data-carry]");
    if (button) carry(button);
  }
}

// Yes, no and other choices by the digit that stands for them, without an input method.
function chooseByDigit(event) {
  const field = event.target;
  if (!field.matches("select[data-control]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const option = [...field.options].find((each) => each.value !== "" && each.value === event.key);
  if (!option) return;
  event.preventDefault();
  field.value = option.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Enter on the page itself begins with the first fact that is still to do.
function begin(event) {
  if (event.key !== "Enter" || document.activeElement !== document.body) return;
  const fact = [...form.querySelectorAll("[data-fact]")].find((each) => !isDone(each) && each.querySelector("[data-control]"));
  if (!fact) return;
  event.preventDefault();
  fact.closest("details[data-section]")?.setAttribute("open", "");
  fact.querySelector("[data-control]").focus();
}

async function onSubmit(event) {
  if (event.defaultPrevented || !isWaiting()) return;
  event.preventDefault();
  const { submitter } = event;
  if (await flush()) {
    form.requestSubmit(submitter);
    return;
  }
  if (hasConflicts()) {
    showTrouble(form, { trouble: "choose" });
    form.querySelector(".fact__conflict button")?.focus();
  } else if (form.querySelector("[data-trouble]").dataset.kind === "offline") {
    showTrouble(form, { trouble: "offlineSubmit" });
  }
}

function refresh() {
  form.querySelectorAll("[data-ratio]").forEach(showRatio);
  showProgress();
}

function followFocus() {
  form.addEventListener("focusin", (event) => {
    const fact = event.target.closest("[data-fact]");
    if (fact) enter(fact.dataset.name);
    for (const each of form.querySelectorAll("[data-last]")) delete each.dataset.last;
    if (event.target.matches("[data-control]")) event.target.dataset.last = "";
  });
  form.addEventListener("focusout", (event) => {
    const fact = event.target.closest("[data-fact]");
    if (fact && !fact.contains(event.relatedTarget)) {
      leave(fact.dataset.name);
      setTimeout(() => leftFact(fact));
    }
    const section = event.target.closest("[data-section]");
    if (section && event.relatedTarget && !section.contains(event.relatedTarget)) whenReleased(() => foldLeft(section));
  });
}

function followEdits() {
  form.addEventListener("input", (event) => {
    const fact = event.target.closest("[data-fact]");
    if (fact) noteEdit(fact);
    refresh();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-not-applicable]")) applyNotApplicable(event.target);
    const fact = event.target.closest("[data-fact]");
    if (fact) noteEdit(fact);
    refresh();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-carry], [data-carry-all]");
    if (!button) return;
    event.preventDefault();
    if (button.matches("[data-carry-all]")) carryAllBlank();
    else carry(button).focus();
  });
  form.addEventListener("keydown", onKey);
  form.addEventListener("keydown", chooseByDigit);
  document.addEventListener("keydown", begin);
  form.addEventListener("submit", onSubmit);
}

function start() {
  for (const each of form.querySelectorAll("[data-control], [name^='r-']")) each.dataset.first = each.value;
  form.querySelector("[data-form-keys]").classList.remove("form-keys--waiting");
  followPresses();
  followFocus();
  followEdits();
  startAutosave(form, { changed: refresh });
  refresh();
  document.getElementById("problems")?.focus();
  if (location.hash.startsWith("#f-")) document.getElementById(location.hash.slice(1))?.focus();
}

if (form) start();
