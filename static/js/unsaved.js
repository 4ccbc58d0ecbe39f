// What is typed in the staff's forms is kept until it is saved: at most a second after it was typed, and once more as the
// page goes. A save that comes too late asks for the sign-in over the page, and then goes on.

const WAIT = 1000, AGAIN = 10000; // milliseconds
const status = document.querySelector("#unsaved-status");
const dialog = document.querySelector("#signed-out");
const marks = [...document.querySelectorAll("input[name=unsaved][data-kept-at]")];

const say = (outcome) => {
  const words = status.dataset[outcome] ?? "";
  if (status.textContent !== words) status.textContent = words;
};

const OUTCOMES = { 200: "kept", 204: "kept", 401: "signedOut", 403: "signedOut", 409: "somebodyElse", 413: "tooLong" };
const ask = async (address, options) => {
  try {
    const answer = await fetch(address, { redirect: "manual", ...options });
    return [answer.type === "opaqueredirect" ? "signedOut" : OUTCOMES[answer.status] ?? "away", answer];
  } catch {
    return ["away"];
  }
};

// Whether the one who opened this page is signed in. Who signed in anew has another token, which its forms are given.
const renew = async ({ dataset }) => {
  const [outcome, answer] = await ask(dataset.keptAt);
  if (outcome !== "kept") return outcome;
  const { owner, token } = await answer.json();
  if (String(owner) !== dataset.owner) return "somebodyElse";
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  return "kept";
};

const keeper = (mark) => {
  const { form } = mark;
  const state = () => {
    const typed = [...new FormData(form)].filter(([name, value]) => {
      return typeof value === "string" && name !== "csrfmiddlewaretoken" && form.elements[name]?.type !== "password";
    });
    return new URLSearchParams(typed).toString();
  };
  const begun = state();
  let kept = begun, waiting, busy = Promise.resolve("kept"), goes = false;

  const post = async (now, options) => {
    const { page, form: name, owner, keptAt } = mark.dataset;
    const body = new URLSearchParams(now);
    body.delete(mark.name);
    const place = { key: mark.value, page, form: name, owner };
    if (now === begun && !("hasWords" in mark.dataset)) place.unchanged = "on";
    for (const [field, value] of Object.entries(place)) body.set(`kept-${field}`, value);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const [outcome] = await ask(keptAt, { method: "POST", body, ...options });
    if (outcome === "kept") kept = now;
    return outcome;
  };
  const keepNow = async () => {
    const now = state();
    if (goes || now === kept) return "kept";
    const outcome = await post(now);
    if (outcome !== "signedOut") return outcome;
    const renewed = await renew(mark);
    return renewed === "kept" ? post(now) : renewed;
  };
  // One after the other, so that what was typed first never comes last.
  const keep = () => {
    clearTimeout(waiting);
    waiting = undefined;
    busy = busy.then(keepNow);
    return busy.then((outcome) => {
      say(outcome);
      if (outcome === "away") waiting ??= setTimeout(keep, AGAIN); // a server that is started anew, or the way to it
      return outcome;
    });
  };

  form.addEventListener("input", () => { waiting ??= setTimeout(keep, WAIT); });
  document.addEventListener("visibilitychange", keep);
  addEventListener("pagehide", () => {
    const now = state();
    if (!goes && now !== kept) post(now, { keepalive: true });
  });

  let asks = false, warned = false;
  const send = (button) => { goes = true; form.requestSubmit(button); };
  form.addEventListener("submit", async (event) => {
    if (goes) return;
    event.preventDefault();
    if (asks) return;
    asks = true;
    let outcome = await keep();
    if (outcome === "kept") outcome = await renew(mark);
    asks = false;
    if (outcome === "signedOut" || outcome === "somebodyElse") {
      signIn(outcome, mark, () => send(event.submitter));
    } else if (outcome === "away" && !warned) {
      warned = true;
      say(outcome);
    } else {
      send(event.submitter);
    }
  });
  // Back from the page that the form led to: it can be typed in again.
  addEventListener("pageshow", (event) => { if (event.persisted) goes = false; });
  return keep;
};

// What leads on from another form of the page, or by a link, waits until all that was typed is kept: the next page has it.
const keepAllFirst = (keepers) => {
  const isLedOn = new WeakSet();
  const keepAll = () => Promise.race([
    Promise.all(keepers.map((keep) => keep())), new Promise((resolve) => { setTimeout(resolve, WAIT); }),
  ]);
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method === "dialog" || form.querySelector("input[name=unsaved]")) return;
    if (isLedOn.has(form)) return;
    event.preventDefault();
    isLedOn.add(form);
    await keepAll();
    await new Promise((resolve) => { setTimeout(resolve); }); // a form is not sent anew while its sending is being told
    form.requestSubmit(submitter);
    isLedOn.delete(form);
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const to = new URL(link.href);
    if (link.target || to.origin !== location.origin || to.pathname !== location.pathname || to.hash) return;
    event.preventDefault();
    await keepAll();
    location.assign(link.href);
  });
};

let goOn;
const signIn = (why, mark, then) => {
  dialog.querySelectorAll("[data-why]").forEach((words) => { words.hidden = words.dataset.why !== why; });
  goOn = async () => {
    const outcome = await renew(mark);
    if (outcome !== "kept") return signIn(outcome === "somebodyElse" ? outcome : "signedOut", mark, then);
    dialog.close();
    then();
  };
  if (!dialog.open) dialog.showModal();
};

if (marks.length) {
  keepAllFirst(marks.map(keeper));
  dialog.querySelector("[data-go-on]").addEventListener("click", () => goOn());
  dialog.querySelector("[data-back]").addEventListener("click", () => dialog.close());
  new BroadcastChannel("staff").addEventListener("message", () => { if (dialog.open) goOn(); });
}
if (document.querySelector("[data-signed-in]")) new BroadcastChannel("staff").postMessage("signed in");
