"""How wide a page is, what is pushed out of its panel, what is cut off, and what stands upon something else."""

FIND = """
() => {
    const found = new Map(), near = 2;
    const say = (what, element, text) => {
        const path = [];
        for (let one = element; one && one !== document.body && path.length < 4; one = one.parentElement)
            path.unshift(one.tagName.toLowerCase() + (one.classList.length ? "." + [...one.classList].join(".") : ""));
        const place = path.join(" > ").replaceAll(/\\.band-\\w+|\\.g-\\w+|\\.state--\\w+/g, "");
        if (!found.has(what + place)) found.set(what + place, `${what}: "${text.trim().slice(0, 60)}" in ${place}`);
    };
    const isSeen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    const isHiddenFromSight = (element) => {
        for (let one = element; one; one = one.parentElement)
            if (getComputedStyle(one).clipPath !== "none" || one.matches(".skip-to-content-link, svg title, svg desc"))
                return true;
        return false;
    };
    const isThePage = (box) => box.matches("body, #container, #main, main, #content, form#changelist-form");
    const canBeRead = (element) => element.closest("[title]") || element.querySelector("[title]");
    const isBox = (style) => style.borderTopWidth !== "0px" && style.borderTopStyle !== "none"
        || !["rgba(0, 0, 0, 0)", "transparent"].includes(style.backgroundColor);

    if (document.documentElement.scrollWidth > innerWidth + 1)
        found.set("page", `the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);

    // Each piece of text, and each control, against all the boxes in which it stands.
    const pieces = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (!node.data.trim() || parent.closest("script, style, noscript, option, template")) continue;
        if (!isSeen(parent) || isHiddenFromSight(parent)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const rect of range.getClientRects())
            if (rect.width > 1 && rect.height > 1) pieces.push({ rect, element: parent, text: node.data });
    }
    for (const element of document.querySelectorAll("a.button, button, input:not([type=hidden]), select, textarea"))
        if (isSeen(element) && !isHiddenFromSight(element)) {
            const rect = element.getBoundingClientRect();
            const text = element.name || element.textContent;
            if (rect.width > 1) pieces.push({ rect, element, text, control: true });
        }
    const told = new Set();
    for (const piece of pieces) {
        const { rect, element, text, control } = piece;
        const start = control ? element.parentElement : element;
        for (let box = start; box && box !== document.documentElement; box = box.parentElement) {
            if (box.closest("svg") && box.tagName !== "svg") continue;
            const style = getComputedStyle(box), edge = box.getBoundingClientRect();
            if (style.display === "inline" || style.display === "contents") continue;
            const over = rect.left < edge.left - near || rect.right > edge.right + near;
            const below = rect.top < edge.top - near || rect.bottom > edge.bottom + near + 1;
            const clips = (way) => ["hidden", "clip"].includes(way);
            if (over && clips(style.overflowX) || below && clips(style.overflowY)) {
                piece.isCut = true;
                if (!told.has(element) && !canBeRead(element)) say("cut off", element, text);
                told.add(element);
                break;
            }
            if ([style.overflowX, style.overflowY].some((way) => ["auto", "scroll"].includes(way))) {
                piece.isCut = over || below;
                break;
            }
            if (["fixed", "absolute"].includes(style.position)) break;
            if ((over || below && !isThePage(box)) && isBox(style) && !told.has(element)) {
                say("out of its panel", element, text);
                told.add(element);
                break;
            }
        }
    }
    // Text upon other text; what floats above the page for a while may.
    const sticks = (element) => {
        for (let one = element; one; one = one.parentElement)
            if (getComputedStyle(one).position === "sticky") return true;
        return false;
    };
    const floats = (element) => element.closest("dialog, [popover], .me") || sticks(element);
    const texts = pieces.filter(({ control, isCut, element }) => !control && !isCut && !floats(element));
    for (const { rect, element, text } of texts) {
        if (element.closest("svg")) continue;
        const upon = texts.find(({ rect: other, element: one }) =>
            !one.contains(element) && !element.contains(one)
            && Math.min(rect.right, other.right) - Math.max(rect.left, other.left) > 4
            && Math.min(rect.bottom, other.bottom) - Math.max(rect.top, other.top) > 6);
        if (upon) say("stands upon another", element, `${text.trim().slice(0, 30)} / ${upon.text.trim().slice(0, 30)}`);
    }
    return [...found.values()];
}
"""


def width_of(page):
    """How wide a page is, in pixels, once all that belongs to it is there: before its styles it is any width."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth")


def pushed_out_on(page):
    """A line for each piece of a page that leaves its panel, is cut with no way to read it, or covers another."""
    page.wait_for_load_state()
    return page.evaluate(FIND)
