// The page on which copy is edited: the check while somebody types, the way to what it found, Ctrl S, a word before leaving.

const words = document.querySelector("#words");
const fields = words?.querySelector("fieldset");

if (fields && !fields.disabled) {
  const panel = document.querySelector("#check"), PATIENCE = 20000; // milliseconds
  let waiting, unsaved = false, asked = 0;

  // What the panel says of itself while it does not speak of the words as they are now: 'stale', 'running' and so on.
  const say = (state) => {
    panel.querySelector(".check__state")?.remove();
    if (!state) return delete panel.dataset.state;
    const line = document.createElement("p");
    line.className = "check__state";
    line.textContent = panel.dataset[state];
    if (state === "away") {
      const again = document.createElement("button");
      Object.assign(again, { type: "button", className: "button plain", textContent: panel.dataset.checkAgain, onclick: check });
      line.append(" ", again);
    }
    panel.dataset.state = state;
    panel.querySelector("h2").after(line);
  };
  const ask = async (typed) => {
    try {
      const options = { method: "POST", body: typed, redirect: "manual", signal: AbortSignal.timeout(PATIENCE) };
      const answer = await fetch(words.dataset.check, options);
      if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) return ["signedOut"];
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#check");
      return answer.ok && found ? ["", found] : ["away"];
    } catch {
      return ["away"];
    }
  };

  const check = async () => {
    const number = ++asked;
    const typed = new FormData(words);
    for (const [name, value] of [...typed]) if (value instanceof File && !value.size) typed.delete(name);
    say("running");
    const [state, found] = await ask(typed);
    if (number !== asked) return; // what was typed since is on its way
    if (found) panel.replaceChildren(...found.childNodes);
    say(state);
  };

  words.addEventListener("input", (event) => {
    // What was said of the old words is no longer true; the panel says what is, as soon as it is known.
    event.target.closest(".beside")?.querySelectorAll(".beside__remark, .beside__quote").forEach((old) => old.remove());
    unsaved ||= event.target.name !== "why";
    asked += 1; // what is on its way is about older words
    say("stale");
    clearTimeout(waiting);
    waiting = setTimeout(check, 700);
  });
  // What was typed before this ran, or was put back by the browser, is not checked yet either.
  words.querySelectorAll("textarea, input[type=text]").forEach((field) => {
    if (field.value !== field.defaultValue) field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  words.addEventListener("submit", (event) => { unsaved &&= event.defaultPrevented; });
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
// What will happen and when, in words, while the times are chosen. A typed time is the clinic's, wherever the browser is.
document.querySelectorAll("[data-plan]").forEach((plan) => {
  const said = plan.querySelector("[data-said]");
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
  const inWords = (field) => field.value && words.format(new Date(field.value));
  const say = () => {
    const { when, at, until } = plan.elements, planned = when.value === "at" && at.value;
    const begins = planned ? said.dataset.at.replace("[moment]", inWords(at)) : said.dataset.now;
    if (until.value && planned && until.value <= at.value) {
      said.textContent = said.dataset.backwards;
      return;
    }
    const ends = until.value ? said.dataset.until.replace("[until]", inWords(until)) : said.dataset.stays;
    said.textContent = `${begins} ${ends}`;
  };
  plan.addEventListener("input", say);
  say();
});
document.querySelectorAll(".copy-link").forEach((field) => field.addEventListener("focus", () => field.select()));
document.querySelectorAll("[data-copies]").forEach((button) => {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    button.textContent = button.dataset.done;
  });
});

// A link to a row opens what it is folded into.
const linked = document.getElementById(location.hash.slice(1));
if (linked?.matches("details")) {
  linked.open = true;
  linked.scrollIntoView({ block: "center" });
}
