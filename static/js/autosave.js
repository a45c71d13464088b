// Saves each fact of the form by itself. What the server has not confirmed stays in this browser (formstore.js).

import { readEdits, writeEdits } from "./formstore.js";
import { pulled, spent } from "./autosave-network.js";
import { askWhich, showState, showTrouble, hideTrouble, word } from "./autosave-words.js";

const QUIET_MILLISECONDS = 700;
const POLL_MILLISECONDS = 20_000;
const RETRY_MILLISECONDS = [3_000, 6_000, 15_000, 30_000];

let form;
let edits = {}; // by name of the fact: what is not confirmed yet
const later = {}; // by name: what to put when the writer has left the fact
let conflicts = {}; // by name: what somebody else saved
let sequence = 0;
let running = null;
let timer = null;
let failures = 0;
let afterwards = () => {};

const factOf = (name) => form.querySelector(`[data-fact][data-name="${CSS.escape(name)}"]`);
const controlOf = (fact) => fact.querySelector("[data-control]");
const reasonOf = (fact) => fact.querySelector('[name^="r-"]');
const boxOf = (fact) => fact.querySelector("[data-not-applicable]");

function content(fact) {
  return {
    text: controlOf(fact).value,
    not_applicable: boxOf(fact).checked,
    reason: reasonOf(fact).value,
  };
}

function sameContent(one, other) {
  return (
    one.text.trim() === other.text.trim() &&
    one.not_applicable === other.not_applicable &&
    one.reason.trim() === other.reason.trim()
  );
}

function put(fact, saved) {
  controlOf(fact).value = saved.text;
  boxOf(fact).checked = saved.not_applicable;
  controlOf(fact).readOnly = saved.not_applicable;
  reasonOf(fact).value = saved.reason;
}

function remember() {
  writeEdits(form.dataset.store, edits);
  const count = Object.keys(edits).length;
  const text = form.querySelector("[data-saved-count]");
  text.textContent = count ? word("someUnsaved").replace("{count}", count) : word("allSaved");
}

export function noteEdit(fact) {
  const { name } = fact.dataset;
  const before = edits[name];
  edits[name] = { ...content(fact), base: before?.base ?? Number(fact.dataset.version), seq: ++sequence };
  remember();
  if (!(name in conflicts)) showState(fact, "unsaved");
  schedule(QUIET_MILLISECONDS);
}

// The writer has left a fact: it is sent, and shown as it was read.
export function leftFact(fact) {
  const { name } = fact.dataset;
  if (later[name] && !(name in edits)) put(fact, later[name]);
  delete later[name];
  flush();
}

export function isWaiting() {
  return Object.keys(edits).length > 0;
}

function schedule(delay) {
  clearTimeout(timer);
  timer = setTimeout(() => flush(), delay);
}

// A state has the facts of which something is new: all of them where the server cannot tell what is known here.
function takeState(state, results) {
  form.dataset.known = state.known;
  for (const input of form.querySelectorAll('[name="version"]')) input.value = state.version;
  for (const [name, saved] of Object.entries(state.facts)) {
    const fact = factOf(name);
    if (!fact || !controlOf(fact)) continue;
    takeFact(fact, saved, results[name]);
  }
  afterwards();
}

function takeFact(fact, saved, result) {
  const { name } = fact.dataset;
  if (name in edits) {
    if (result?.state === "conflict" || name in conflicts) meetConflict(fact, saved);
    return;
  }
  const isNews = saved.version > Number(fact.dataset.version);
  fact.dataset.version = saved.version;
  if (!sameContent(content(fact), saved)) {
    if (fact.contains(document.activeElement)) later[name] = saved;
    else put(fact, saved);
  }
  showMessages(fact, saved);
  if (isNews && !result && String(saved.by) !== form.dataset.user) {
    showState(fact, "savedBy", { who: saved.who, time: saved.at });
  }
}

function showMessages(fact, saved) {
  const lines = (texts, kind) =>
    texts.map((text) => {
      const line = document.createElement("div");
      line.className = kind;
      line.textContent = text;
      return line;
    });
  fact.querySelector("[data-errors]").replaceChildren(...lines(saved.errors, "field-error"));
  const explained = saved.reason ? " fact__flag--explained" : "";
  fact.querySelector("[data-flags]").replaceChildren(...lines(saved.flags, `fact__flag${explained}`));
  fact.classList.toggle("fact--wrong", saved.errors.length > 0);
  controlOf(fact).classList.toggle("is-invalid", saved.errors.length > 0);
  controlOf(fact).toggleAttribute("aria-invalid", saved.errors.length > 0);
  if (saved.flags.length && !saved.reason) fact.querySelector(".fact__more").open = true;
  fact.toggleAttribute("data-problem", !saved.done);
  for (const each of [controlOf(fact), reasonOf(fact)]) each.dataset.first = each.value;
  boxOf(fact).defaultChecked = boxOf(fact).checked;
}

function meetConflict(fact, saved) {
  const { name } = fact.dataset;
  const edit = edits[name];
  if (sameContent(edit, saved)) {
    settle(fact, saved);
    return;
  }
  if (conflicts[name]?.version === saved.version) return;
  conflicts[name] = saved;
  showState(fact, "conflict");
  askWhich(form, fact, {
    saved,
    mine: edit,
    takeTheirs: () => settle(fact, saved),
    keepMine: () => {
      delete conflicts[name];
      edits[name] = { ...content(fact), base: saved.version, seq: ++sequence };
      fact.dataset.version = saved.version;
      fact.querySelector(".fact__conflict").remove();
      remember();
      flush();
    },
  });
}

function settle(fact, saved) {
  const { name } = fact.dataset;
  delete conflicts[name];
  delete edits[name];
  fact.querySelector(".fact__conflict")?.remove();
  fact.dataset.version = saved.version;
  put(fact, saved);
  showMessages(fact, saved);
  showState(fact, "savedBy", { who: saved.who, time: saved.at });
  remember();
  afterwards();
}

function takeResult(name, sent, result, saved) {
  const fact = factOf(name);
  if (!fact || result.state === "conflict") return;
  if (edits[name]?.seq !== sent.seq) {
    // Typed on meanwhile: the next edit starts from what is saved now.
    if (edits[name] && saved) edits[name].base = saved.version;
    if (saved) fact.dataset.version = saved.version;
    return;
  }
  delete edits[name];
  showState(fact, result.state === "saved" ? "saved" : "kept", { note: result.state === "kept" ? "" : result.message });
  delete later[name];
}

// Sends everything that is waiting; resolves to whether nothing is left to send.
export async function flush({ keepalive = false } = {}) {
  clearTimeout(timer);
  if (running) {
    await running;
    return Object.keys(sendable()).length ? flush({ keepalive }) : !isWaiting();
  }
  const batch = sendable();
  if (!Object.keys(batch).length) return !isWaiting();
  running = send(batch, keepalive);
  const reached = await running;
  running = null;
  if (!reached) return false;
  if (Object.keys(sendable()).length) schedule(0);
  return !isWaiting();
}

function sendable() {
  return Object.fromEntries(Object.entries(edits).filter(([name]) => !(name in conflicts)));
}

async function send(batch, keepalive) {
  for (const name of Object.keys(batch)) {
    const fact = factOf(name);
    if (fact) showState(fact, "saving");
  }
  const rows = Object.entries(batch).map(([name, { text, not_applicable, reason, base }]) => ({
    name,
    text,
    not_applicable,
    reason,
    version: base,
    seconds: spent(name),
  }));
  const answer = await pulled(form, { edits: rows, keepalive });
  if (answer.state) {
    failures = 0;
    hideTrouble(form);
    const { results } = answer.state;
    for (const [name, result] of Object.entries(results)) {
      if (batch[name]) takeResult(name, batch[name], result, answer.state.facts[name]);
    }
    remember();
    takeState(answer.state, results);
    return true;
  }
  failed(answer, Object.keys(batch));
  return false;
}

function failed(answer, names) {
  showTrouble(form, answer);
  for (const name of names) {
    const fact = factOf(name);
    if (fact) showState(fact, "here");
  }
  if (answer.trouble === "offline" || answer.trouble === "failed") {
    schedule(RETRY_MILLISECONDS[Math.min(failures, RETRY_MILLISECONDS.length - 1)]);
    failures += 1;
  }
}

// What others have saved meanwhile.
export async function refresh() {
  if (running || document.hidden || navigator.onLine === false) return;
  if (Object.keys(sendable()).length) {
    flush();
    return;
  }
  running = pulled(form, {});
  const answer = await running;
  running = null;
  if (answer.state) {
    hideTrouble(form);
    takeState(answer.state, {});
  } else if (answer.trouble === "session" || answer.trouble === "closed") {
    showTrouble(form, answer);
  }
}

function restore() {
  const kept = readEdits(form.dataset.store);
  let count = 0;
  for (const [name, edit] of Object.entries(kept)) {
    const fact = factOf(name);
    if (!fact || !controlOf(fact) || sameContent(content(fact), edit)) continue;
    put(fact, edit);
    edits[name] = { ...edit, seq: ++sequence };
    showState(fact, "unsaved");
    fact.closest("details[data-section]")?.setAttribute("open", "");
    count += 1;
  }
  remember();
  if (count) flush().then((isDone) => isDone && showTrouble(form, { trouble: "restored" }));
}

export function hasConflicts() {
  return Object.keys(conflicts).length > 0;
}

export function startAutosave(element, { changed }) {
  form = element;
  afterwards = changed;
  if (!("conflict" in form.dataset)) restore();
  window.addEventListener("online", () => flush());
  window.addEventListener("focus", refresh);
  document.addEventListener("visibilitychange", () => (document.hidden ? flush({ keepalive: true }) : refresh()));
  setInterval(refresh, POLL_MILLISECONDS);
}

