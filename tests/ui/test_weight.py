"""No page makes one wait for what its first picture does without."""

import pytest

from tests.ui.weight import pages, scripts

MOST_KILOBYTES = 150


@pytest.mark.parametrize("page", pages())
def test_the_scripts_of_a_page_stay_small(page):
    assert 50 < scripts(page) <= MOST_KILOBYTES


def test_there_are_pages_to_weigh():
    assert {"src/pages/StagePage.svelte", "src/pages/GalleryPage.svelte", "src/pages/LongPage.svelte"} <= set(pages())
