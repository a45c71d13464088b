// Keeps <div id="live" data-generation="N" data-pulse="URL"> true: asks URL (JSON {"generation": N}) every ten
// seconds and, when the number changed, fetches this page again and replaces what is inside. After that a
// "live:updated" event goes out from #live, for charts to draw themselves anew.

const EVERY = 10_000;
const SLOWEST = 160_000;
let wait = EVERY;
let timer = 0;

const region = () => document.getElementById("live");

function note(text) {
  let line = document.getElementById("live-note");
  if (!line) {
    line = document.createElement("p");
    line.id = "live-note";
    line.className = "live-note";
    line.setAttribute("role", "status");
    region().before(line);
  }
  line.textContent = text;
}

function clockTime() {
  return new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

// Where the keyboard stands, so that it can be put back: by id, else by address, else by name.
function focusMark() {
  const element = document.activeElement;
  if (!element || !region().contains(element)) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  for (const attribute of ["href", "name"]) {
    const value = element.getAttribute(attribute);
    if (value) return `${element.localName}[${attribute}="${CSS.escape(value)}"]`;
  }
  return null;
}

function openDetails() {
  return [...region().querySelectorAll("details[id][open]")].map((element) => element.id);
}

// Boxes that somebody has ticked stay ticked, as far as they are still there.
function checkedBoxes() {
  return [...region().querySelectorAll("input[type=checkbox]:checked")].map(
    ({ name, value }) => `input[type=checkbox][name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`,
  );
}

async function replace() {
  const response = await fetch(location.href, { credentials: "same-origin", headers: { "X-Live": "1" } });
  if (response.redirected && new URL(response.url).pathname !== location.pathname) return location.reload();
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("live");
  const old = region();
  if (!fresh || !old) return undefined;
  const mark = focusMark();
  const open = openDetails();
  const chosen = checkedBoxes();
  const { scrollX, scrollY } = window;
  old.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  for (const selector of chosen) {
    const box = old.querySelector(selector);
    if (box) box.checked = true;
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (mark) old.querySelector(mark)?.focus({ preventScroll: true });
  window.scrollTo(scrollX, scrollY);
  old.dispatchEvent(new CustomEvent("live:updated", { bubbles: true }));
  note(`${document.body.dataset.updated} ${clockTime()}`);
  return undefined;
}

async function beat() {
  const box = region();
  if (!box?.dataset.pulse) return;
  try {
    const response = await fetch(box.dataset.pulse, { credentials: "same-origin", cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    const { generation } = await response.json();
    if (String(generation) !== box.dataset.generation) await replace();
    wait = EVERY;
  } catch {
    wait = Math.min(wait * 2, SLOWEST);
  }
  schedule();
}

function schedule() {
  clearTimeout(timer);
  if (!document.hidden && navigator.onLine && region()?.dataset.pulse) timer = setTimeout(beat, wait);
}

function wake() {
  wait = EVERY;
  clearTimeout(timer);
  if (!document.hidden && navigator.onLine) beat();
}

document.addEventListener("visibilitychange", wake);
window.addEventListener("online", wake);
window.addEventListener("offline", () => clearTimeout(timer));
schedule();
