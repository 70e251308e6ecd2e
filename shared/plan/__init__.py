"""The city's plan as typed data; another city is another folder."""

from shared.plan.faults import PlanError
from shared.plan.loading import Plan, load_plan
from shared.plan.model import SHIELDED_TOPICS

__all__ = ["SHIELDED_TOPICS", "Plan", "PlanError", "load_plan"]
