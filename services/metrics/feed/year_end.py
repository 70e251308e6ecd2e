"""The files of a year's end, all from its closing release, named for the year and the release."""

from collections.abc import Callable, Mapping

from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_csv import make_csv
from services.metrics.feed.as_json import make_json
from services.metrics.feed.summary_pdf import make_summary_pdf
from services.metrics.feed.year_end_book import make_year_end_book
from services.metrics.storage.releases import StoredRelease
from shared.plan import Plan

Maker = Callable[[StoredRelease, Plan], bytes]

#: What a manager takes to meetings: by the name in its address, with its maker and media type.
PAPERS: Mapping[str, tuple[Maker, str]] = {
    "progress.xlsx": (
        make_year_end_book,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "summary.pdf": (make_summary_pdf, "application/pdf"),
}


def file_name(paper: str, release: StoredRelease) -> str:
    """What a file is called where it is kept: progress-2025-release-3.xlsx."""
    name, _, ending = paper.partition(".")
    return f"{name}-{release.document.fiscal_year}-release-{release.number}.{ending}"


def year_end_files(release: StoredRelease, plan: Plan, addresses: Addresses) -> dict[str, bytes]:
    """Every file by its name: for meetings, for the public, and the release itself as hashed."""
    files = {file_name(paper, release): make(release, plan) for paper, (make, _) in PAPERS.items()}
    files[file_name("indicators.csv", release)] = make_csv(release, plan, bom=True)
    locked = make_json(release, plan.area_code, addresses)
    files[file_name("locked.json", release)] = locked
    return files
