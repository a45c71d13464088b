// What the page says about saving: beside each fact, and at the top when something is in the way.

const SIGNS = { saving: "…", saved: "✓", savedBy: "✓", unsaved: "○", kept: "!", here: "▣", conflict: "⇄" };

export function word(name) {
  return document.querySelector("[data-save-words]").dataset[name];
}

export function showState(fact, state, { note = "", who = "", time = "" } = {}) {
  const line = fact.querySelector("[data-save-state]");
  const text = word(state).replace("{who}", who).replace("{time}", time);
  line.dataset.state = state;
  line.textContent = `${SIGNS[state]} ${text}${note ? ` · ${note}` : ""}`;
}

export function showTrouble(form, { trouble, message = "" }) {
  const box = form.querySelector("[data-trouble]");
  const login = box.querySelector("[data-trouble-login]");
  box.querySelector("[data-trouble-text]").textContent = message || word(trouble === "closed" ? "failed" : trouble);
  box.classList.toggle("notice--error", trouble !== "restored");
  box.dataset.kind = trouble;
  login.hidden = trouble !== "session";
  box.querySelector("[data-trouble-reload]").hidden = trouble !== "closed";
  if (trouble === "session") {
    const control = form.querySelector("[data-fact] :focus") ?? form.querySelector("[data-last]");
    const anchor = control?.id ? `#${control.id}` : "";
    login.href = `${form.dataset.loginUrl}?next=${encodeURIComponent(location.pathname + anchor)}`;
  }
  if (box.hidden) box.hidden = false;
}

export function hideTrouble(form) {
  const box = form.querySelector("[data-trouble]");
  if (box.dataset.kind !== "restored") box.hidden = true;
}

function shown(control, content) {
  if (content.not_applicable) return content.reason;
  if (control instanceof HTMLSelectElement) {
    const option = [...control.options].find((each) => each.value === content.text);
    return option?.textContent ?? content.text;
  }
  return content.text.trim() || word("blank");
}

// Puts both figures beside the fact, with a button for each.
export function askWhich(form, fact, { saved, mine, takeTheirs, keepMine }) {
  fact.querySelector(".fact__conflict")?.remove();
  const box = form.querySelector("[data-conflict-template]").content.firstElementChild.cloneNode(true);
  const control = fact.querySelector("[data-control]");
  const who = word("savedBy").replace("{who}", saved.who).replace("{time}", saved.at);
  box.setAttribute("aria-label", who);
  box.querySelector("[data-who]").textContent = who;
  box.querySelector("[data-theirs]").textContent = shown(control, saved);
  box.querySelector("[data-mine]").textContent = shown(control, mine);
  box.querySelector("[data-take-theirs]").addEventListener("click", takeTheirs);
  box.querySelector("[data-keep-mine]").addEventListener("click", keepMine);
  fact.querySelector(".fact__control").after(box);
  fact.closest("details[data-section]")?.setAttribute("open", "");
}
