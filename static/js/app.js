import { forgetEdits, hasEdits } from "./formstore.js";

// What every page needs beyond HTML: menus that close, confirmations, printing. Nothing here is required.

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target?.closest("details.menu"));
  if (target?.closest("[data-print]")) window.print();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  closeMenus(null);
  open?.querySelector("summary")?.focus();
});

// What is not sent yet goes with the session, so that the next person at this computer does not see it.
function logOut(event, form) {
  if (hasEdits() && !window.confirm(form.dataset.logout)) event.preventDefault();
  else forgetEdits();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
  if (!event.defaultPrevented && form.matches("[data-logout]")) logOut(event, form);
});

// <select data-submit> sends its form on change; the form keeps its button for pages without JavaScript.
document.addEventListener("change", (event) => {
  const target = event.target;
  if (target instanceof Element && target.matches("[data-submit]")) target.closest("form")?.requestSubmit();
});

// The browser speaks its own language beside a file field; the page's words take its place.
for (const box of document.querySelectorAll("[data-file-choice]")) {
  const input = box.querySelector("input");
  const text = box.querySelector("[data-file-name]");
  const none = text.textContent;
  input.addEventListener("change", () => {
    text.textContent = [...input.files].map((file) => file.name).join(", ") || none;
    box.classList.toggle("file-pick--chosen", input.files.length > 0);
  });
  box.classList.add("file-pick--styled");
}
