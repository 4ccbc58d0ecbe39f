"""Readers of a browser, each as one who was never here. A new tab costs a third of a second, so tabs are kept."""

from playwright.sync_api import Error


class Readers:
    """The tabs in which nobody reads now, by what they were made with. What one reader leaves is cleared away."""

    def __init__(self, patience):
        self._patience = patience  # milliseconds
        self._free = {}

    def come(self, browser, url, kept, **options):
        """A tab for a new reader of that site; it is `kept` but for one that a test changes for good."""
        free = self._free_with(browser, url, options)
        if not (free and kept):
            context = browser.new_context(base_url=url, **options)
            context.set_default_timeout(self._patience)
            return context.new_page()
        page = free.pop()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.clearBrowserCache")
        devtools.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
        devtools.send("Page.resetNavigationHistory")
        devtools.detach()
        return page

    def go(self, page, browser, url, kept, **options):
        """That reader is gone, with all tabs that were opened from this one."""
        if not kept or page.is_closed():
            page.context.close()
            return
        page.context.clear_cookies()  # first: what a page sends as it goes comes from nobody
        for other in page.context.pages:
            if other != page:
                other.close()
        page.unroute_all(behavior="ignoreErrors")
        try:
            page.evaluate("location.replace('about:blank')")  # of itself, so that no other process is begun for it
            page.wait_for_url("about:blank")
        except Error:  # it was on its way to another page
            page.context.close()
            return
        page.emulate_media(
            media="null",
            color_scheme=options.get("color_scheme", "light"),
            reduced_motion=options.get("reduced_motion", "no-preference"),
        )
        self._free_with(browser, url, options).append(page)

    def _free_with(self, browser, url, options):
        return self._free.setdefault((browser, url, *sorted(options.items())), [])
