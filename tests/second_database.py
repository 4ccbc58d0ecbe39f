"""
`--second-database`: what would say the same again is left out. `.ci/run` asks for it after the whole suite on SQLite.

Left out are tests that ask for no database, and those of what a browser does with a page: how it looks, prints, is read
out and walked by keys. Both databases give it the same HTML, which tests without a browser hold on both. What could
depend on the hour runs at one moment, the hour that comes twice, which databases tell apart each in its own way.
"""

from tests.moments import IN_EACH_RUN

ASKS = {"db", "transactional_db", "django_db_setup"}  # fixtures, beside the mark `django_db`
OF_THE_BROWSER = {  # files of tests/journeys
    *("test_accessibility", "test_desk_accessibility", "test_empty_states", "test_clock"),
    *("test_keyboard", "test_print", "test_screens", "test_styles"),
    *("test_length", "test_weight", "test_for_you", "test_found_at_once"),
}
MOMENT = "autumn-night"


def pytest_addoption(parser):
    parser.addoption("--second-database", action="store_true", help="leave out what needs no second database")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--second-database"):
        left_out = [item for item in items if not says_something_new(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if says_something_new(item)]


def says_something_new(item):
    if "journeys" in item.path.parts and item.path.stem in OF_THE_BROWSER:
        return False
    moment = getattr(item, "callspec", None) and item.callspec.params.get("at_moment")
    if moment in set(IN_EACH_RUN) - {MOMENT}:
        return False
    asks = item.get_closest_marker("django_db") or ASKS.intersection(item.fixturenames)
    return bool(asks) or "journeys" in item.path.parts
