// Edits that the server has not confirmed, kept in this browser: they outlive a closed tab, a lost network, an
// ended session. Bound to person, organisation and quarter; logging out clears them.

export const PREFIX = "lusong.form.";

export function readEdits(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

export function writeEdits(key, edits) {
  try {
    if (Object.keys(edits).length) localStorage.setItem(key, JSON.stringify(edits));
    else localStorage.removeItem(key);
    return true;
  } catch {
    return false; // no room, or storage is forbidden: the page itself still holds them
  }
}

function storedKeys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

export function hasEdits() {
  return storedKeys().length > 0;
}

export function forgetEdits() {
  for (const key of storedKeys()) localStorage.removeItem(key);
}
