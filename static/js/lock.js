// A desk that nobody sits at is locked over what stands on it: the page stays as it is, typed words too.

const over = document.querySelector("#lock-over");
const form = over.querySelector("form");
const said = over.querySelector("[data-said]");
const again = over.querySelector("[data-again-sign-in]");
const QUIET = Number(over.dataset.after) * 1000, SEEN_EVERY = 60000, LOOK_EVERY = Math.min(5000, QUIET / 3);
const title = document.title;
let told = Date.now();

// All tabs of this browser share one session, so what its owner does in one counts in all.
const KEY = `staff-seen-${over.dataset.owner}`;
const lastSeen = () => Number(localStorage.getItem(KEY));
const note = (moment) => localStorage.setItem(KEY, moment);
const send = (address, fields) => {
  const body = new FormData(form);
  body.delete("current_password");
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return fetch(address, { method: "POST", body });
};

const close = async () => {
  const answer = await fetch(over.dataset.seen).catch(() => null);
  if (!answer?.ok) return;
  const token = await answer.text(); // another one, where somebody has signed in anew in another tab
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  document.title = title;
  form.reset();
  said.textContent = "";
  again.hidden = true;
  over.close();
  over.returnFocus?.focus();
};
const lock = () => {
  if (over.open) return;
  document.querySelectorAll("dialog[open]").forEach((other) => other !== over && other.close());
  over.returnFocus = document.activeElement;
  over.showModal();
  document.title = over.dataset.title;
  send(over.dataset.locked, { lock: "1" }).catch(() => {});
};

const isQuiet = () => Date.now() - lastSeen() > QUIET;
const here = () => {
  if (over.open) return;
  if (isQuiet()) lock(); // the first key after a sleep of the machine is no sign of its owner
  else if (Date.now() - lastSeen() > 1000) note(Date.now());
};
const look = () => {
  if (isQuiet()) lock();
  else if (over.open) close(); // the password was given in another tab
  else if (lastSeen() > told && Date.now() - told > SEEN_EVERY) {
    told = Date.now();
    send(over.dataset.seen, {}).catch(() => {});
  }
};

note(Date.now());
// Keys are for the password alone then: Ctrl Enter would send what stands under the lock.
addEventListener("keydown", (event) => over.open && event.stopImmediatePropagation(), { capture: true });
["keydown", "input", "pointerdown", "wheel"].forEach((sign) => addEventListener(sign, here, { passive: true }));
["focus", "pageshow"].forEach((sign) => addEventListener(sign, look));
setInterval(look, LOOK_EVERY);
document.querySelectorAll("[data-lock-now]").forEach((button) => {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    note(0); // in all tabs
    lock();
  });
});

over.addEventListener("cancel", (event) => event.preventDefault());
over.addEventListener("close", () => {
  if (isQuiet()) over.showModal(); // the browser closes it at a second Esc
});
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const password = new FormData(form).get("current_password");
  const answer = await send(form.action, { current_password: password }).catch(() => null);
  if (answer?.status === 204) {
    note(Date.now());
    told = Date.now();
    close();
  } else if (answer?.status === 422) {
    said.textContent = await answer.text();
    form.elements.current_password.select();
  } else if (answer?.status === 401) {
    said.textContent = over.dataset.ended;
    again.hidden = false;
  } else {
    said.textContent = over.dataset.away;
  }
});
