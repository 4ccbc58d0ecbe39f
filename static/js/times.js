// Times ticked on a request's page: the one ticked last is what 'Book now' books, and a fourth takes a suggestion's place.

const form = document.querySelector(".offer-form");

if (form) {
  const chosen = form.querySelector("[data-chosen]");
  const list = chosen.querySelector("ol");
  const { last } = form.elements;
  const ticked = () => [...form.querySelectorAll("input[name=time]:checked")];
  const suggestion = ({ value }) => form.querySelector(`input[name=suggested][value="${CSS.escape(value)}"]`);

  const line = ({ value, dataset }) => {
    const made = chosen.querySelector("template").content.cloneNode(true);
    made.querySelector("li").dataset.time = value;
    made.querySelector("strong").textContent = dataset.words;
    made.querySelector("button").value = value;
    made.querySelector(".visually-hidden").textContent = ` ${dataset.words}`;
    return made;
  };
  const show = () => {
    const now = ticked();
    const values = now.map(({ value }) => value);
    for (const item of list.children) item.dataset.gone = !values.includes(item.dataset.time);
    list.querySelectorAll("[data-gone=true]:not(:has(input))").forEach((item) => item.remove());
    const there = [...list.children].map(({ dataset }) => dataset.time);
    list.append(...now.filter(({ value }) => !there.includes(value)).map(line));
    const toBook = now.find(({ value }) => value === last.value) ?? (now.length === 1 ? now[0] : undefined);
    for (const item of list.children) item.classList.toggle("last", item.dataset.time === toBook?.value);
    form.querySelectorAll("[data-to-book]").forEach((words) => {
      words.textContent = toBook ? `: ${toBook.dataset.words}` : "";
    });
    chosen.hidden = !list.children.length;
  };

  form.addEventListener("change", ({ target }) => {
    if (target.name !== "time") return;
    if (target.checked) {
      last.value = target.value;
      suggestion(target)?.remove();
    } else if (last.value === target.value) {
      last.value = "";
    }
    while (ticked().length > Number(form.dataset.most)) {
      const extra = ticked().findLast((box) => suggestion(box));
      if (!extra) break;
      extra.checked = false;
    }
    show();
  });
}
