import pytest


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """The head of the chain lies in DATA_DIR, and is of one test alone."""
    settings.DATA_DIR = tmp_path
