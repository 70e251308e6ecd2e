"""「どう数えたか」: what a counting rule counts, when, and what it leaves out, in Japanese words.

The words come from the rule's data and the plan's labels, so that they cannot say anything else
than what is counted. `explained` stands before them: the rule in the words of whoever wrote it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.japanese_time import written_day
from shared.plan import Plan
from shared.plan.counting import (
    ActivityDistricts,
    ActivitySum,
    AidedOrClosed,
    Consultations,
    ConsultationsOrAccepted,
    CountingRule,
    RatioLast,
    RatioSum,
    RecordedBy,
    RegisterLast,
    RegisterPlusAttendance,
    RegisterSum,
    ReportedOrClosed,
    StateLast,
)

_RECORDED_BY: dict[RecordedBy, str] = {
    "council": "社会福祉協議会の窓口が記録したもの",
    "other": "社会福祉協議会以外の窓口が記録したもの",
}
_MEASURES = {"quantity": "回数（数量）", "attendance": "参加者数", "amount": "金額"}
_KINDS = {
    "city": "市の窓口",
    "council": "社会福祉協議会の窓口",
    "centre": "センターの窓口",
    "outside": "市外の機関の窓口",
}
_NO_CONSULTATION = ("取り消した相談", "つないだあとの支援の記録")
_NO_LEG = ("誤りとして取り消したつなぎ", "終わったあとで再開したつなぎ")
_NO_ACTIVITY = ("取り消した活動",)
_NO_FIGURE = ("取り消した報告値",)


@dataclass(frozen=True, slots=True)
class CountedHow:
    """A rule in parts: which records, on which conditions, in which year, and what is left out."""

    explained: str
    records: str
    conditions: tuple[str, ...]
    day: str
    left_out: tuple[str, ...]
    version: int
    since: str

    @property
    def in_one(self) -> str:
        """The whole in one paragraph, for machines and for narrow places."""
        left_out = f"{'、'.join(self.left_out)}は数えません。" if self.left_out else ""
        return f"{self.explained}{self.day}{left_out}"


def counted_how(rule: CountingRule, plan: Plan) -> CountedHow:
    """How a rule counts."""
    records, conditions, day, left_out = _parts(rule, plan)
    return CountedHow(
        rule.explained,
        records,
        tuple(conditions),
        day,
        tuple(left_out),
        rule.version,
        written_day(rule.since),
    )


def _parts(rule: CountingRule, plan: Plan) -> tuple[str, Iterable[str], str, Iterable[str]]:
    match rule:
        case Consultations():
            day = "受け付けた日の年度で数え、初めての相談も繰り返しの相談も1件です。"
            return "相談", _of_consultations(rule, plan), day, _NO_CONSULTATION
        case ConsultationsOrAccepted():
            name = plan.agency_name(rule.agency)
            conditions = [f"{name}が受け付けたか、{name}へのつなぎが引き受けられた"]
            day = "受け付けた日か、最初に引き受けた日の年度で数えます。"
            return "相談とつなぎ", conditions, day, (*_NO_CONSULTATION, _NO_LEG[0])
        case AidedOrClosed():
            outcomes = _labels(plan, "outcome", rule.outcomes)
            desks = _KINDS.get(rule.desk_kind, rule.desk_kind)
            aided = f"{desks}で「{plan.label('response', rule.response)}」をした"
            closed = f"{desks}へのつなぎが{outcomes}で終わった"
            conditions = [_topics(rule.topic_group, plan), f"{aided}か、{closed}"]
            day = "1つの相談は1回だけ、早いほうの日の年度で数えます。"
            return "相談とつなぎ", conditions, day, (*_NO_CONSULTATION, *_NO_LEG)
        case ActivitySum():
            return _of_activities(rule, plan)
        case ActivityDistricts():
            districts = _labels(plan, "district", rule.districts)
            conditions = [_RECORDED_BY[rule.recorded_by], f"地区が{districts}のどれか"]
            day = "行った日の年度で、ちがう地区の数を数えます。"
            return _activity(rule.activity, plan), conditions, day, _NO_ACTIVITY
        case RegisterPlusAttendance():
            records = f"報告値と、{_activity(rule.activity, plan)}の参加者数"
            day = "最も新しい報告値の日より後に行ったものを、年度をまたいで足します。"
            left_out = (*_NO_FIGURE, *_NO_ACTIVITY)
            return records, (_RECORDED_BY[rule.recorded_by],), day, left_out
        case RegisterSum():
            day = "年度の末日までで最も新しい値を足します。そろうまでは「値なし」です。"
            return f"報告値（{len(rule.parts)}つの内訳）", (), day, _NO_FIGURE
        case RatioSum():
            day = "報告値の日付の年度ごとに、分子と分母をそれぞれ足してから割ります。"
            return "報告値（分子と分母）", (), day, _NO_FIGURE
        case RatioLast():
            day = "年度の末日までで最も新しい日付の値を使います。"
            return "報告値（分子と分母）", (), day, _NO_FIGURE
        case RegisterLast():
            return "報告値", (), "年度の末日までで最も新しい日付の値を使います。", _NO_FIGURE
        case StateLast():
            conditions = [f"状態は{'・'.join(rule.states)}のどれか"]
            day = "年度の末日までで最も新しい日付の状態を使います。"
            return "報告値（状態）", conditions, day, _NO_FIGURE
        case ReportedOrClosed():
            outcome = plan.label("outcome", rule.outcome)
            desks = "・".join(plan.agency_name(one.agency) for one in rule.parts if one.agency)
            conditions = [f"報告値がない内訳は、{desks}へのつなぎが「{outcome}」で終わった"]
            day = "報告値はその日付、つなぎは終わった日の年度で数えます。"
            return "報告値とつなぎ", conditions, day, (*_NO_FIGURE, *_NO_LEG)


def _of_consultations(rule: Consultations, plan: Plan) -> list[str]:
    found = []
    if rule.desks is not None:
        known = [agency.name for agency in plan.agencies.values() if agency.id in rule.desks]
        former = sorted(rule.desks - plan.agencies.keys())
        found.append(f"{'・'.join([*known, *former])}が受け付けた")
    if rule.desk_kinds is not None:
        kinds = "・".join(sorted(_KINDS.get(kind, kind) for kind in rule.desk_kinds))
        found.append(f"{kinds}が受け付けた")
    if rule.callers is not None:
        found.append(f"相談に来た人が{_labels(plan, 'caller', rule.callers)}")
    if rule.topic_group is not None:
        found.append(_topics(rule.topic_group, plan))
    return found


def _of_activities(rule: ActivitySum, plan: Plan) -> tuple[str, list[str], str, tuple[str, ...]]:
    records = f"{_activity(rule.activity, plan)}の{_MEASURES[rule.measure]}"
    conditions = [_RECORDED_BY[rule.recorded_by]]
    left_out: tuple[str, ...] = _NO_ACTIVITY
    if rule.conferences_with is not None:
        desks = _KINDS.get(rule.conferences_with, rule.conferences_with)
        records += "と、会議"
        conditions.append(f"会議は、{desks}が参加したもの（1回ずつ）")
        left_out = (*left_out, "取り消した会議")
    return records, conditions, "行った日の年度ごとに足します。", left_out


def _activity(code: str, plan: Plan) -> str:
    return f"活動「{plan.label('activity', code)}」"


def _labels(plan: Plan, code_list: str, codes: Iterable[str]) -> str:
    order = list(plan.codes[code_list])
    wanted = sorted(codes, key=lambda code: order.index(code) if code in order else len(order))
    return "・".join(f"「{plan.label(code_list, code)}」" for code in wanted)


def _topics(group: str, plan: Plan) -> str:
    labels = [f"「{topic.label}」" for topic in plan.topics.values() if topic.group == group]
    return f"相談内容に{'・'.join(labels)}のどれかがある"
