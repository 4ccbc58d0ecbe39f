"""Keys as a person presses them: on a page that is there whole, its scripts too. Before, a key goes nowhere."""


def press(page, *keys):
    """Press these keys, one after another, each on the page to which the one before has led."""
    for key in keys:
        page.wait_for_load_state()
        page.keyboard.press(key)
