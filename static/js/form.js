// Comfort for the form: live rates, what is left, carrying over without a round trip, a warning before losing work.
// Everything also works without this file: the server does the same with the buttons' names and values.

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
  const left = facts.filter((fact) => !isDone(fact)).length;
  const text = form.querySelector("[data-left]");
  form.querySelector("[data-progress]").value = facts.length - left;
  const some = text.dataset.text.replace("{left}", left).replace("{total}", facts.length);
  text.textContent = left ? some : text.dataset.done;
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
  field.focus();
}

// The browser speaks its own language beside a file field; the page's words take its place.
function nameChosenFile(box) {
  const input = box.querySelector("input");
  const text = box.querySelector("[data-file-name]");
  const none = text.textContent;
  const show = () => {
    text.textContent = input.files[0]?.name ?? none;
    box.classList.toggle("file-pick--chosen", input.files.length > 0);
  };
  box.classList.add("file-pick--styled");
  input.addEventListener("change", show);
  show();
}

function start() {
  form.querySelectorAll("[data-file-pick]").forEach(nameChosenFile);
  for (const each of form.querySelectorAll("[data-control], [name^='r-']")) each.dataset.first = each.value;
  let dirty = "dirty" in form.dataset;
  const refresh = () => {
    form.querySelectorAll("[data-ratio]").forEach(showRatio);
    showProgress();
  };
  form.addEventListener("input", () => {
    dirty = true;
    refresh();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-not-applicable]")) applyNotApplicable(event.target);
    refresh();
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-carry]");
    if (!button) return;
    event.preventDefault();
    carry(button);
  });
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!dirty) return;
    event.preventDefault();
    event.returnValue = form.dataset.unsaved;
  });
  refresh();
  document.getElementById("problems")?.focus();
}

if (form) start();
