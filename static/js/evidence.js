// Files by drag and drop, several at a time, without sending the form. Without this file the same field is sent with it.

const zone = document.querySelector("[data-drop]");

function show(text) {
  zone.querySelector("[data-drop-state]").textContent = text;
}

async function send(body) {
  const form = zone.closest("form");
  body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  let answer;
  try {
    answer = await fetch(zone.dataset.url, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
  } catch {
    show(zone.dataset.failed);
    return;
  }
  if (answer.redirected || answer.status === 403) {
    show(zone.dataset.expired);
    return;
  }
  if (!answer.ok) {
    show(zone.dataset.failed);
    return;
  }
  document.querySelector("[data-evidence-list]").innerHTML = await answer.text();
  show("");
}

// One request a file, so that one that is too large or refused holds none of the others up.
async function addAll(files) {
  const words = [];
  for (const file of files) {
    show(zone.dataset.sending.replace("{name}", file.name));
    const body = new FormData();
    body.append("file", file);
    body.append("belongs", zone.querySelector("[name=belongs]")?.value ?? "");
    await send(body);
    words.push(...document.querySelectorAll("[data-evidence-list] .file-outcome:not(.file-outcome--wanted)"));
  }
  const list = document.querySelector("[data-evidence-list]");
  words.filter((word) => !list.contains(word)).reverse().forEach((word) => list.prepend(word));
}

function start() {
  const input = zone.querySelector("input[type=file]");
  zone.classList.add("drop--live");
  input.addEventListener("change", async (event) => {
    event.stopPropagation();
    const files = [...input.files];
    input.value = "";
    await addAll(files);
  });
  input.addEventListener("input", (event) => event.stopPropagation());
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("drop--over");
    });
  }
  zone.addEventListener("dragleave", () => zone.classList.remove("drop--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("drop--over");
    addAll([...event.dataTransfer.files]);
  });
  // A file dropped beside the field would otherwise replace the page and what is typed on it.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  document.querySelector("[data-evidence-list]").addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-file]");
    if (!button || event.defaultPrevented) return;
    event.preventDefault();
    const body = new FormData();
    body.append("remove", button.value);
    send(body);
  });
}

if (zone) start();
