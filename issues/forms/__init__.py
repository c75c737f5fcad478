"""What the pages of issues take in. Each form turns a post into plain values; the actions decide."""

from issues.forms.checking import checked
from issues.forms.life import ActForm, BulkForm, HelpForm, LifeRuleForm, RemarkForm, end_of, refuse_nothing
from issues.forms.near import NearForm
from issues.forms.page import NewIssueForm
from issues.forms.proposals import DecisionForm
from issues.forms.surgery import ChosenForm, MergeForm, MoveFailuresForm, NamingForm, OneActForm, SplitForm

__all__ = [
    "ActForm",
    "BulkForm",
    "ChosenForm",
    "DecisionForm",
    "HelpForm",
    "LifeRuleForm",
    "MergeForm",
    "MoveFailuresForm",
    "NamingForm",
    "NearForm",
    "NewIssueForm",
    "OneActForm",
    "RemarkForm",
    "SplitForm",
    "checked",
    "end_of",
    "refuse_nothing",
]
