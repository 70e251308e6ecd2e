"""The city's plan as typed data; another city is another folder."""

from shared.plan.faults import PlanError
from shared.plan.loading import Plan, load_plan

__all__ = ["Plan", "PlanError", "load_plan"]
