// Walking about in the calendar. Each key does what a link or a button beside it does, so nothing is lost without them.
const table = document.querySelector(".cal");
const cells = () => [...table.querySelectorAll("a[data-cell]")].filter((cell) => cell.getClientRects().length);
const first = (...names) => names.map((name) => table.querySelector(name)).find((cell) => cell?.getClientRects().length);
const current = () => first("a[tabindex='0']", ".landing", ".chosen", ".moving", ".wide a.cell:not(.free)", "a[data-cell]");

// One cell is on the way of the Tab key, the others are reached from it.
const standAt = (cell) => {
  for (const other of table.querySelectorAll("a[data-cell]")) other.tabIndex = other === cell ? 0 : -1;
  cell.focus();
};

const middle = ({ top, bottom }) => (top + bottom) / 2;
const column = (from) => (to) => to.left < from.right - 2 && to.right > from.left + 2;
const WAYS = {
  ArrowDown: (from) => [column(from), (to) => to.top >= from.bottom - 2, (to) => to.top],
  ArrowUp: (from) => [column(from), (to) => to.bottom <= from.top + 2, (to) => -to.bottom],
  ArrowRight: (from) => [() => true, (to) => to.left >= from.right - 2, (to) => to.left, (to) => Math.abs(middle(to) - middle(from))],
  ArrowLeft: (from) => [() => true, (to) => to.right <= from.left + 2, (to) => -to.right, (to) => Math.abs(middle(to) - middle(from))],
};

const beside = (cell, key) => {
  const [inLine, ahead, far, aside = () => 0] = WAYS[key](cell.getBoundingClientRect());
  const places = cells().map((found) => [found, found.getBoundingClientRect()]);
  const ways = places.filter(([, place]) => inLine(place) && ahead(place));
  ways.sort(([, one], [, other]) => Math.round(far(one) - far(other)) || aside(one) - aside(other));
  return ways[0]?.[0];
};

const isTyping = (target) => target.matches("input, textarea, select, summary");

document.addEventListener("keydown", (event) => {
  if (!table || event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = event.target.closest("a[data-cell]");
  if (event.key in WAYS && !isTyping(event.target)) {
    const next = cell ? beside(cell, event.key) : current();
    event.preventDefault();
    if (next) standAt(next);
  } else if (event.key === "m" && cell?.dataset.move && !document.body.classList.contains("keys-off")) {
    location.assign(cell.dataset.move);
  } else if (event.key === "Enter" && cell?.matches(".landing")) {
    event.preventDefault();
    document.querySelector("[data-key=send]")?.click();
  } else if (event.key === "Escape") {
    document.querySelector("a[data-back]")?.click();
  }
});

if (table && current()) {
  const place = current();
  for (const cell of table.querySelectorAll("a[data-cell]")) cell.tabIndex = cell === place ? 0 : -1;
  document.querySelector(".skip-to-content-link")?.addEventListener("click", (event) => {
    event.preventDefault();
    standAt(current());
  });
  // After a click the page is new: the keys stay at the cell that was chosen, once the browser has gone to the fragment.
  if (place.matches(".landing, .chosen, .moving")) {
    addEventListener("load", () => setTimeout(() => place.focus({ preventScroll: true })));
  }
}
