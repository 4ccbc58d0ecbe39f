"""axe-core in a tab: put into a page once, and run for each state of it."""

from axe_playwright_python.sync_playwright import Axe

ALL_RULES = {"resultTypes": ["violations"], "preload": False}
COLOR_RULES = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}
RULES = {"light": ALL_RULES, "dark": COLOR_RULES}  # the dark look changes colors alone

# A page has some twenty colors, and axe takes most of its time to parse them anew for each text and each ground.
PARSE_EACH_COLOR_ONCE = """
(() => {
    const color = axe.commons.color.Color.prototype, parse = color.parseString, parsed = new Map();
    color.parseString = function (text) {
        if (!parsed.has(text)) {
            parse.call(this, text);
            parsed.set(text, {r: this.r, g: this.g, b: this.b, alpha: this.alpha});
        }
        return Object.assign(this, parsed.get(text));
    };
})();
"""

AXE = f"{Axe().axe_script};{PARSE_EACH_COLOR_ONCE}"

# To write down each element that it looks at takes axe a third of its time: it does where one is wrong.
RUN = """
async rules => {
    const look = isWordy => {
        axe._audit.noHtml = !isWordy;  // to configure it sets it for good
        return axe.run({...rules, selectors: isWordy});
    };
    return (await look(false)).violations.length ? (await look(true)).violations : [];
}
"""


def violations(page, rules):
    """What axe finds wrong with the page as it is now, by these rules."""
    if not page.evaluate("'axe' in window"):
        devtools = page.context.new_cdp_session(page)  # which only passes on a script of half a megabyte
        devtools.send("Runtime.evaluate", {"expression": AXE})
        devtools.detach()
    found = page.evaluate(RUN, rules)
    return [(rule["id"], node["html"][:200], node["failureSummary"]) for rule in found for node in rule["nodes"]]


def wrong_with(page):
    """The same, light and dark."""
    wrong = {}
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        if found := violations(page, rules):
            wrong[scheme] = found
    return wrong
