// Keeps the big screen up to date by itself: asks for the generation, fetches the page anew when it changed and at
// least every five minutes (the date turns too), and says in words when the network or the login is gone.

const EVERY = 15_000;
const PATIENCE = 10_000;
const AT_LEAST = 300_000;
const state = document.getElementById("state");
let shownAt = new Date();

const screen = () => document.getElementById("screen");

function clockTime(moment) {
  return moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

function say(kind) {
  state.dataset.state = kind;
  state.textContent = `${state.dataset[kind]} ${clockTime(kind === "fresh" ? new Date() : shownAt)}`;
}

async function ask(address) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    return await fetch(address, { credentials: "same-origin", cache: "no-store", signal: stop.signal });
  } finally {
    clearTimeout(timer);
  }
}

// The page itself, or null where the answer is not the screen (the login page, after hours).
async function freshScreen() {
  const response = await ask(location.href);
  if (!response.ok) throw new Error(String(response.status));
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.getElementById("screen");
}

async function replace() {
  const fresh = await freshScreen();
  if (!fresh) return false;
  screen().replaceWith(document.importNode(fresh, true));
  shownAt = new Date();
  return true;
}

async function beat() {
  try {
    const response = await ask(screen().dataset.pulse);
    const isJson = (response.headers.get("Content-Type") ?? "").includes("json");
    if (!response.ok) throw new Error(String(response.status));
    const changed = isJson && String((await response.json()).generation) !== screen().dataset.generation;
    const isOld = new Date() - shownAt > AT_LEAST;
    const isThere = isJson && (!(changed || isOld) || (await replace()));
    say(isThere ? "fresh" : "login");
  } catch {
    say("lost");
  }
}

async function forever() {
  await beat();
  setTimeout(forever, EVERY);
}

window.addEventListener("offline", () => say("lost"));
window.addEventListener("online", beat);
say("fresh");
setTimeout(forever, EVERY);
