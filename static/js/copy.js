// The page on which copy is edited: the check while somebody types, the way to what it found, Ctrl S, a word before leaving.

const words = document.querySelector("#words");
const fields = words?.querySelector("fieldset");

if (fields && !fields.disabled) {
  let waiting, unsaved = false, asked = 0;

  const check = async () => {
    const number = ++asked;
    const typed = new FormData(words);
    for (const [name, value] of [...typed]) if (value instanceof File && !value.size) typed.delete(name);
    const answer = await fetch(words.dataset.check, { method: "POST", body: typed });
    if (!answer.ok || number !== asked) return; // what was typed since is on its way
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("#check").replaceChildren(...page.querySelector("#check").childNodes);
  };

  words.addEventListener("input", (event) => {
    unsaved ||= event.target.name !== "why";
    clearTimeout(waiting);
    waiting = setTimeout(check, 700);
  });
  words.addEventListener("submit", () => { unsaved = false; });
  addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    words.requestSubmit(words.querySelector("[name=_save]"));
  });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-find]");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  field.scrollIntoView({ block: "center" });
  field.focus();
  const start = field.value?.toLowerCase().indexOf(link.dataset.find.toLowerCase()) ?? -1;
  if (link.dataset.find && start >= 0) field.setSelectionRange?.(start, start + link.dataset.find.length);
});

document.querySelectorAll("[data-chooses]").forEach((field) => {
  field.addEventListener("input", () => { field.form.elements.when.value = field.dataset.chooses; });
});
document.querySelectorAll(".copy-link").forEach((field) => field.addEventListener("focus", () => field.select()));
