"""What the pages of issues take in. Each form turns a post into plain values; the actions decide."""

from issues.forms.checking import checked
from issues.forms.near import NearForm
from issues.forms.page import MoveForm, NewIssueForm
from issues.forms.proposals import DecisionForm

__all__ = ["DecisionForm", "MoveForm", "NearForm", "NewIssueForm", "checked"]
