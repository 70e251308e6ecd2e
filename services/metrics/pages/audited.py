"""Which row of the audit trail each route of this service writes, or why none (ADR 24)."""

from shared.web.auditing import Audited, NotAudited, Routes

_RULES = NotAudited("how indicators are counted")
_PUBLISHED = NotAudited("published")

AUDITED: Routes = {
    "GET /metrics/audit": Audited("audit-search"),
    "GET /metrics/api/indicators": Audited("exact-read"),
    "GET /metrics/api/indicators/{indicator}/series": Audited("exact-read"),
    "GET /metrics/api/indicators/{indicator}/records": Audited("exact-records-read"),
    "GET /metrics/api/rules": _RULES,
    "POST /metrics/api/rules/{indicator}/switch": Audited("rule-switch"),
    "POST /metrics/api/releases": Audited("release-make", makes="release"),
    "GET /metrics/api/releases": _PUBLISHED,
    "GET /metrics/api/flow": Audited("exact-read"),
    "GET /metrics/indicators": Audited("exact-read"),
    "GET /metrics/indicators/{indicator}": Audited("exact-read"),
    "GET /metrics/indicators/{indicator}/records": Audited("exact-records-read"),
    "GET /metrics/rules": _RULES,
    "POST /metrics/rules/{indicator}/switch": Audited("rule-switch"),
    "GET /metrics/releases": _PUBLISHED,
    "POST /metrics/releases": Audited("release-make", makes="release"),
    "GET /metrics/flow": Audited("exact-read"),
    "HEAD /metrics/feed/indicators.json": _PUBLISHED,
    "GET /metrics/feed/indicators.json": _PUBLISHED,
    "HEAD /metrics/feed/indicators.csv": _PUBLISHED,
    "GET /metrics/feed/indicators.csv": _PUBLISHED,
    "HEAD /metrics/feed/indicators.xlsx": _PUBLISHED,
    "GET /metrics/feed/indicators.xlsx": _PUBLISHED,
    "HEAD /metrics/feed/indicators.atom": _PUBLISHED,
    "GET /metrics/feed/indicators.atom": _PUBLISHED,
    "GET /metrics/feed/schema/v1.json": _PUBLISHED,
    "GET /metrics/feed/columns.csv": _PUBLISHED,
    "GET /metrics/feed/codes.csv": _PUBLISHED,
    "OPTIONS /metrics/feed/{path:path}": _PUBLISHED,
    "GET /metrics/year-end": _PUBLISHED,
    "POST /metrics/year-end": Audited("year-close", makes="year"),
    "GET /metrics/year-end/{number}/{paper}": Audited("year-end-export"),
    "GET /metrics/": _PUBLISHED,
    "GET /metrics/releases/{number}": _PUBLISHED,
    "GET /metrics/releases/{number}/paper": _PUBLISHED,
    "GET /metrics/releases/{number}/paper.css": _PUBLISHED,
    "GET /metrics/releases/{number}/handoffs": _PUBLISHED,
    "GET /metrics/releases/{number}/indicators/{indicator}": _PUBLISHED,
    "GET /metrics/indicators/{indicator}/years": Audited("exact-read"),
}
