// Rows are chosen by their checkboxes: "choose all" above them, and buttons that say how many they act on.
// The page does the same without this file.

const form = document.querySelector("[data-choose]");

function boxes() {
  return [...document.querySelectorAll("input[type=checkbox][name=organisation]")];
}

function show() {
  const count = boxes().filter((box) => box.checked).length;
  for (const button of document.querySelectorAll("[data-chosen]")) {
    button.disabled = count === 0;
    button.dataset.label ??= button.textContent.trim();
    button.textContent = count ? `${button.dataset.label} (${count})` : button.dataset.label;
  }
}

if (form) {
  document.documentElement.classList.add("js-choose");
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (event.target.matches("[data-choose-all], [name=organisation]")) show();
  });
  document.addEventListener("live:updated", show);
  show();
}
