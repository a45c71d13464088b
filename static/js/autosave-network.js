// One request to the form's address, and how long somebody was at each fact.

const PATIENCE_MILLISECONDS = 20_000;
const LONGEST_SECONDS = 300;
const since = {};
const seconds = {};

function cookie(name) {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

function trouble(response, message) {
  if (response.status === 401) return { trouble: "session" };
  // A cross-site token of an earlier session is refused; a new page has the new one.
  if (response.status === 403) return { trouble: "session" };
  if (response.status === 409 || response.status === 404 || response.status === 400) {
    return { trouble: "closed", message };
  }
  return { trouble: "failed" };
}

// Resolves to {state} or {trouble, message}; never rejects. The server tells what differs from what is known.
export async function pulled(form, { edits = null, keepalive = false }) {
  const stop = new AbortController();
  const patience = setTimeout(() => stop.abort(), PATIENCE_MILLISECONDS);
  const options = {
    headers: { Accept: "application/json", "X-Form-User": form.dataset.user },
    signal: stop.signal,
    keepalive,
  };
  if (edits) {
    options.method = "POST";
    options.body = JSON.stringify({ edits, known: form.dataset.known });
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = cookie("csrftoken") || form.querySelector("[name=csrfmiddlewaretoken]").value;
  }
  const query = edits ? "" : `?${new URLSearchParams({ known: form.dataset.known })}`;
  try {
    const response = await fetch(form.dataset.factsUrl + query, options);
    const data = await response.json().catch(() => ({}));
    return response.ok ? { state: data } : trouble(response, data.message);
  } catch {
    return { trouble: navigator.onLine === false || !stop.signal.aborted ? "offline" : "failed" };
  } finally {
    clearTimeout(patience);
  }
}

export function enter(name) {
  since[name] = performance.now();
}

export function leave(name) {
  if (!(name in since)) return;
  const spentHere = Math.min((performance.now() - since[name]) / 1000, LONGEST_SECONDS);
  delete since[name];
  seconds[name] = (seconds[name] ?? 0) + spentHere;
}

// Whole seconds at a fact since it was last asked for.
export function spent(name) {
  const isThere = name in since;
  leave(name);
  if (isThere) enter(name);
  const whole = Math.round(seconds[name] ?? 0);
  seconds[name] = 0;
  return whole;
}
