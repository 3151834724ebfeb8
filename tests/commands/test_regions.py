"""A region on the command line: its own name, the name with its township, or its code."""

from __future__ import annotations

import click
import pytest

from ffp_admin.commands.regions import region_code
from ffp_admin.i18n import speaking
from ffp_admin.store import Store


@pytest.mark.parametrize("text", ["柳树村", "石桥镇柳树村", "529901101201"])
def test_a_village_is_found_by_name_and_by_code(county: Store, text: str) -> None:
    assert region_code(county, text) == "529901101201"


def test_a_misspelt_village_is_refused_by_name(county: Store) -> None:
    with speaking("zh"), pytest.raises(click.ClickException, match="没有区划“柳村”"):
        region_code(county, "柳村")
