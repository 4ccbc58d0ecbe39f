// What the staff's pages do by themselves: say what is new, look who is here already, show how far work has come, print.

const live = document.querySelector("[data-live]");
if (live) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(live.dataset.live, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { new: number } = await answer.json();
    live.hidden = !number;
    live.querySelector("b").textContent = number;
  }, 30000);
}

const phoneIn = document.querySelector("[data-duplicates]");
if (phoneIn) {
  let waiting;
  phoneIn.addEventListener("input", (event) => {
    if (!["name", "phone"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const { name, phone, csrfmiddlewaretoken } = Object.fromEntries(new FormData(phoneIn));
      const body = new URLSearchParams({ name, phone, csrfmiddlewaretoken }); // never in an address
      const answer = await fetch(phoneIn.dataset.duplicates, { method: "POST", body });
      if (answer.ok) document.querySelector("#duplicates").innerHTML = await answer.text();
    }, 300);
  });
}

const lookAgain = async (work) => {
  const answer = await fetch(work.dataset.again);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  work.innerHTML = page.getElementById("work").innerHTML;
  if (page.querySelector("[data-again]")) setTimeout(lookAgain, 1000, work);
};
const work = document.querySelector("[data-again]");
if (work) setTimeout(lookAgain, 1000, work);

document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
