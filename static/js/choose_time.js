// A day's times in the request form without loading the page anew. Without this script the day's button sends the form.

const form = document.querySelector("form.request:has(.ask-time)");

form?.addEventListener("submit", async (event) => {
  const day = event.submitter;
  if (day?.name !== "show_day") return;
  event.preventDefault();
  const part = form.querySelector(".ask-time");
  part.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, day) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    part.replaceChildren(...page.querySelector(".ask-time").childNodes);
    const heading = part.querySelector("#times h3, #times p");
    heading.tabIndex = -1;
    heading.focus();
  } catch { // whatever went wrong, the button does what it does without a script
    HTMLFormElement.prototype.submit.call(withDay(form, day));
  } finally {
    part.removeAttribute("aria-busy");
  }
});

function withDay(form, day) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: day.name, value: day.value });
  form.append(field);
  return form;
}
