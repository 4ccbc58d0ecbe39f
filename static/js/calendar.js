// Walking about in the calendar. Each key does what a link or a button beside it does, so nothing is lost without them.
const table = document.querySelector(".cal");

const cellBeside = (cell, columns, rows) => {
  const place = cell.closest("td");
  const lines = [...table.tBodies[0].rows];
  for (let row = lines.indexOf(place.parentElement) + rows, column = place.cellIndex + columns; ; row += rows, column += columns) {
    const found = lines[row] && lines[row].cells[column];
    if (!lines[row] || column < 1 || (columns && !found)) return null;
    const link = found && found.querySelector("a[data-cell]");
    if (link) return link;
  }
};

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = event.target.closest("a[data-cell]");
  if (event.key in STEPS && cell) {
    const next = cellBeside(cell, ...STEPS[event.key]);
    event.preventDefault();
    if (next) next.focus();
  } else if (event.key === "m" && cell?.dataset.move && !document.body.classList.contains("keys-off")) {
    location.assign(cell.dataset.move);
  } else if (event.key === "Escape") {
    document.querySelector("a[data-back]")?.click();
  }
});

// After a click the page is new: the keys stay at the cell that was chosen, once the browser has gone to the fragment.
const keepPlace = () => {
  const cell = [".landing", ".chosen", ".moving"].map((name) => table?.querySelector(name)).find(Boolean);
  cell?.focus({ preventScroll: true });
};
addEventListener("load", () => setTimeout(keepPlace));
