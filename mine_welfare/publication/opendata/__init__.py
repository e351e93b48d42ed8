"""Open data: one flat table per resource, the same columns in CSV, in JSON and in the API.

Every resource is a name, its columns with what each means, the rows of the
database it is made of (public ones only), and what it says of one row.
"""

from . import about, evaluation, evidence, plan
from .table import Column, Resource, counts, schema

# The tables by their names; those of `about` explain all of them, and themselves.
RESOURCES = {resource.name: resource for part in (plan, evaluation, evidence) for resource in part.RESOURCES}
RESOURCES |= {resource.name: resource for resource in about.resources(RESOURCES)}

__all__ = ["RESOURCES", "Column", "Resource", "counts", "schema"]
