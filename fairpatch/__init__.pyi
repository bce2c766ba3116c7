from fairpatch.cli.table_routing import route_table as route
from fairpatch.connectors.plan_files import load_plan as load_plan
from fairpatch.connectors.routing_tables import explain_table as why
from fairpatch.engines.analysis.analyse import check_plan as check
from fairpatch.engines.design.run import design

__version__: str

__all__ = ["check", "design", "load_plan", "route", "why"]
