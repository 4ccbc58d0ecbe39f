// Keys of the staff's pages. Each presses a button or a link that is there anyway; all but Ctrl+Enter can be switched off.

const lettersOn = !document.body.classList.contains("keys-off");
const isTyping = (target) => target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const press = (selector, within = document) => {
  const found = within.querySelector(selector);
  if (!found) return false;
  if (isTyping(found)) found.focus();
  else found.click();
  return true;
};

// Rows of requests: J and K walk from next step to next step, the rest acts on the row one is in.
const IN_ROW = { e: ".c-who > a", t: ".take", x: "input[type=checkbox]" };
const ROW = ".rows tbody tr:not(.group)";
const walk = (by) => {
  const rows = [...document.querySelectorAll(ROW)];
  const place = rows.indexOf(document.activeElement.closest(ROW));
  const next = rows[place < 0 ? (by > 0 ? 0 : rows.length - 1) : place + by];
  next?.querySelector(".c-next a, .c-who > a").focus();
  return rows.length > 0;
};

let goes = false;
const pressed = (key) => {
  if (goes) {
    goes = false;
    return press(`[data-go="${CSS.escape(key)}"]`);
  }
  if (key === "g") return (goes = true);
  if (key === "enter") return press("[data-then], [data-key=enter]");
  if (key === "/") return press("#header-search [type=search]");
  const row = document.activeElement.closest(ROW);
  if (row && key in IN_ROW) return press(IN_ROW[key], row);
  if ((key === "j" || key === "k") && walk(key === "j" ? 1 : -1)) return true;
  return press(`[data-key="${CSS.escape(key)}"]`);
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    press("[data-key=send]");
    return;
  }
  if (!lettersOn || event.altKey || event.ctrlKey || event.metaKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" ? event.target !== document.body : event.key.length > 1) return;
  if (pressed(event.key.toLowerCase())) event.preventDefault();
});

document.querySelectorAll("[data-opens]").forEach((opener) => {
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(opener.dataset.opens).showModal();
  });
});
